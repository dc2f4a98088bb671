<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>PatchPanel::Ui::FanOutDialog</name>
    <message numerus="yes">
        <source>Run in %n workspace(s)</source>
        <translation>
            <numerusform>Run in %n workspace</numerusform>
            <numerusform>Run in %n workspaces</numerusform>
        </translation>
    </message>
</context>
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
<context>
    <name>PatchPanel::Ui::ServiceRow</name>
    <message numerus="yes">
        <source>Half of the last %n answers took %1 ms or less</source>
        <translation>
            <numerusform>Half of the last %n answers took %1 ms or less</numerusform>
            <numerusform>Half of the last %n answers took %1 ms or less</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n run</numerusform>
            <numerusform>%n runs</numerusform>
        </translation>
    </message>
</context>
</TS>
