<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>PatchPanel::Ui::MainWindow</name>
    <message numerus="yes">
        <source>%n files were dropped: open one task at a time</source>
        <translation>
            <numerusform>%n file was dropped: open one task at a time</numerusform>
            <numerusform>%n files were dropped: open one task at a time</numerusform>
        </translation>
    </message>
</context>
</TS>
