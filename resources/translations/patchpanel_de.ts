<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>PatchPanel::Ui</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1: exit code %2</source>
        <translation>%1: Exit-Code %2</translation>
    </message>
    <message>
        <source>Rolled back</source>
        <translation>Zurückgenommen</translation>
    </message>
    <message>
        <source>Applied</source>
        <translation>Angewendet</translation>
    </message>
    <message>
        <source>Committed %1</source>
        <translation>Commit %1 gemacht</translation>
    </message>
    <message>
        <source>%1 failed · tree restored</source>
        <translation>%1 gescheitert · Dateien wiederhergestellt</translation>
    </message>
    <message>
        <source>Failed · tree restored</source>
        <translation>Gescheitert · Dateien wiederhergestellt</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Succeeded</source>
        <translation>Gelungen</translation>
    </message>
    <message>
        <source>Already applied: nothing to do</source>
        <translation>Schon angewendet: nichts zu tun</translation>
    </message>
    <message>
        <source>Skipped: this task ran already on these files</source>
        <translation>Übersprungen: diese Aufgabe lief auf diesen Dateien schon</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Does not apply</source>
        <translation>Passt nicht</translation>
    </message>
    <message>
        <source>Invalid task</source>
        <translation>Ungültige Aufgabe</translation>
    </message>
    <message>
        <source>Files changed since preview</source>
        <translation>Dateien seit der Vorschau geändert</translation>
    </message>
    <message>
        <source>Busy: another run holds the workspace</source>
        <translation>Belegt: ein anderer Lauf hat den Arbeitsordner</translation>
    </message>
    <message>
        <source>Cancelled by you · tree restored</source>
        <translation>Von Ihnen abgebrochen · Dateien wiederhergestellt</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>Unterbrochen</translation>
    </message>
    <message>
        <source>Applied, but not committed</source>
        <translation>Angewendet, aber ohne Commit</translation>
    </message>
    <message>
        <source>Roll back failed: the workspace needs your attention</source>
        <translation>Zurücknehmen gescheitert: der Arbeitsordner braucht Ihre Aufmerksamkeit</translation>
    </message>
    <message>
        <source>No result</source>
        <translation>Kein Ergebnis</translation>
    </message>
    <message>
        <source>Already applied</source>
        <translation>Schon angewendet</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>Übersprungen</translation>
    </message>
    <message>
        <source>Files changed</source>
        <translation>Dateien geändert</translation>
    </message>
    <message>
        <source>Busy</source>
        <translation>Belegt</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Not committed</source>
        <translation>Ohne Commit</translation>
    </message>
    <message>
        <source>Roll back failed</source>
        <translation>Zurücknehmen gescheitert</translation>
    </message>
    <message>
        <source>the lines around the changes cannot be shown: the file is not here</source>
        <translation>die Zeilen um die Änderungen können nicht gezeigt werden: die Datei ist nicht hier</translation>
    </message>
    <message>
        <source>files of a runner on another computer are shown as they came in the plan</source>
        <translation>Dateien eines Runners auf einem anderen Rechner sind so zu sehen, wie sie mit dem Plan kamen</translation>
    </message>
    <message>
        <source>the lines around the changes cannot be shown: the file has more than 256 MiB</source>
        <translation>die Zeilen um die Änderungen können nicht gezeigt werden: die Datei hat mehr als 256 MiB</translation>
    </message>
    <message>
        <source>the lines around the changes cannot be shown: %1</source>
        <translation>die Zeilen um die Änderungen können nicht gezeigt werden: %1</translation>
    </message>
    <message>
        <source>the lines around the changes cannot be shown: the file has changed since</source>
        <translation>die Zeilen um die Änderungen können nicht gezeigt werden: die Datei hat sich seither geändert</translation>
    </message>
    <message>
        <source>preview the task again (F5)</source>
        <translation>eine neue Vorschau machen (F5)</translation>
    </message>
    <message>
        <source>%1 cannot be opened: %2</source>
        <translation>%1 kann nicht geöffnet werden: %2</translation>
    </message>
    <message>
        <source>Only files beneath the workspace are opened from the log</source>
        <translation>Aus dem Protokoll werden nur Dateien im Arbeitsordner geöffnet</translation>
    </message>
    <message>
        <source>there is no workspace yet</source>
        <translation>es gibt noch keinen Arbeitsordner</translation>
    </message>
    <message>
        <source>there is no such file</source>
        <translation>eine solche Datei gibt es nicht</translation>
    </message>
    <message>
        <source>it is not beneath the workspace</source>
        <translation>sie liegt nicht im Arbeitsordner</translation>
    </message>
    <message>
        <source>it is no file</source>
        <translation>es ist keine Datei</translation>
    </message>
    <message>
        <source>%1 was not saved: %2</source>
        <translation>%1 wurde nicht gespeichert: %2</translation>
    </message>
    <message>
        <source>choose another file, or free space there</source>
        <translation>bitte eine andere Datei wählen oder dort Platz schaffen</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Startet …</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Hält an …</translation>
    </message>
    <message>
        <source>Failed: %1</source>
        <translation>Gescheitert: %1</translation>
    </message>
    <message>
        <source>Last known: the registry does not answer</source>
        <translation>Zuletzt bekannt: die Registry antwortet nicht</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Pre-checks</source>
        <translation>Vorprüfungen</translation>
    </message>
    <message>
        <source>Mutations</source>
        <translation>Änderungen</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>Bauen</translation>
    </message>
    <message>
        <source>Validate</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Testen</translation>
    </message>
    <message>
        <source>Commit</source>
        <translation>Commit</translation>
    </message>
    <message>
        <source>%1 · gates skipped</source>
        <translation>%1 · Befehle übersprungen</translation>
    </message>
    <message>
        <source>State unknown</source>
        <translation>Zustand unbekannt</translation>
    </message>
    <message>
        <source>State unknown: %1</source>
        <translation>Zustand unbekannt: %1</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::AboutDialog</name>
    <message>
        <source>About PatchPanel</source>
        <translation>Über PatchPanel</translation>
    </message>
    <message>
        <source>Version %1</source>
        <translation>Version %1</translation>
    </message>
    <message>
        <source>Runs machine-written patch tasks safely and visibly.</source>
        <translation>Führt maschinell geschriebene Patch-Aufgaben sicher und sichtbar aus.</translation>
    </message>
    <message>
        <source>Copy Details</source>
        <translation>Angaben kopieren</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>Lizenzen</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::ChangesModel</name>
    <message>
        <source>binary</source>
        <translation>binär</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1: %2, was %3</source>
        <translation>%1: %2, vorher %3</translation>
    </message>
    <message>
        <source>%1, %2, %3 added, %4 removed</source>
        <translation>%1, %2, %3 hinzugefügt, %4 entfernt</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>create</source>
        <translation>neu</translation>
    </message>
    <message>
        <source>modify</source>
        <translation>geändert</translation>
    </message>
    <message>
        <source>delete</source>
        <translation>gelöscht</translation>
    </message>
    <message>
        <source>move</source>
        <translation>verschoben</translation>
    </message>
    <message>
        <source>chmod</source>
        <translation>chmod</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::CommandPalette</name>
    <message>
        <source>No command has these letters</source>
        <translation>Kein Befehl hat diese Buchstaben</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>Type what to do</source>
        <translation>Eingeben, was geschehen soll</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::CommandsModel</name>
    <message>
        <source>not available now</source>
        <translation>jetzt nicht möglich</translation>
    </message>
    <message>
        <source>not available: %1</source>
        <translation>nicht möglich: %1</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::DiffColumn</name>
    <message>
        <source>More lines of the file</source>
        <translation>Mehr Zeilen der Datei</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::DiffPane</name>
    <message>
        <source>%1: no file</source>
        <translation>%1: keine Datei</translation>
    </message>
    <message>
        <source>%1 (%2 bytes)</source>
        <translation>%1 (%2 Bytes)</translation>
    </message>
    <message>
        <source>size not told</source>
        <translation>Größe nicht bekannt</translation>
    </message>
    <message>
        <source>%1: %2
SHA-256 %3</source>
        <translation>%1: %2
SHA-256 %3</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Show the diff of the large file</source>
        <translation>Die Unterschiede der großen Datei zeigen</translation>
    </message>
    <message>
        <source>No text changes</source>
        <translation>Keine Änderungen am Text</translation>
    </message>
    <message>
        <source>Binary file</source>
        <translation>Binärdatei</translation>
    </message>
    <message>
        <source>Large change</source>
        <translation>Große Änderung</translation>
    </message>
    <message>
        <source>%1 in a diff of %2</source>
        <translation>%1 in einem Diff von %2</translation>
    </message>
    <message>
        <source>changed line</source>
        <translation>geänderte Zeile</translation>
    </message>
    <message>
        <source>changed lines</source>
        <translation>geänderte Zeilen</translation>
    </message>
    <message>
        <source>Find in the diff</source>
        <translation>Im Diff suchen</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::DiffView</name>
    <message>
        <source>Diff of the selected file</source>
        <translation>Unterschiede der gewählten Datei</translation>
    </message>
    <message>
        <source>Diff of the selected file: before</source>
        <translation>Unterschiede der gewählten Datei: vorher</translation>
    </message>
    <message>
        <source>change %1 of %2</source>
        <translation>Änderung %1 von %2</translation>
    </message>
    <message>
        <source>hidden: %1 of white space</source>
        <translation>verborgen: %1 nur im Leerraum</translation>
    </message>
    <message>
        <source>change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>changes</source>
        <translation>Änderungen</translation>
    </message>
    <message>
        <source>Side by Side</source>
        <translation>Nebeneinander</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>Nebeneinander</translation>
    </message>
    <message>
        <source>The old file beside the new one</source>
        <translation>Die alte Datei neben der neuen</translation>
    </message>
    <message>
        <source>Hide Whitespace</source>
        <translation>Leerraum verbergen</translation>
    </message>
    <message>
        <source>Hide whitespace</source>
        <translation>Leerraum verbergen</translation>
    </message>
    <message>
        <source>Lines that differ in white space only are no change</source>
        <translation>Zeilen, die sich nur im Leerraum unterscheiden, sind keine Änderung</translation>
    </message>
    <message>
        <source>Expand All</source>
        <translation>Alles ausklappen</translation>
    </message>
    <message>
        <source>Expand all</source>
        <translation>Alles ausklappen</translation>
    </message>
    <message>
        <source>Show the whole file, not only what surrounds its changes</source>
        <translation>Die ganze Datei zeigen, nicht nur die Umgebung ihrer Änderungen</translation>
    </message>
    <message>
        <source>Copy Hunk</source>
        <translation>Abschnitt kopieren</translation>
    </message>
    <message>
        <source>Copy the hunk as it stands in the patch</source>
        <translation>Den Abschnitt kopieren, wie er im Patch steht</translation>
    </message>
    <message>
        <source>Diff of the selected file: after</source>
        <translation>Unterschiede der gewählten Datei: nachher</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Select All</source>
        <translation>Alles auswählen</translation>
    </message>
    <message>
        <source>Expand Here</source>
        <translation>Hier ausklappen</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::FanOutDialog</name>
    <message>
        <source>&amp;Add Folder…</source>
        <translation>Ordner &amp;hinzufügen …</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Run in Workspaces</source>
        <translation>In Arbeitsordnern ausführen</translation>
    </message>
    <message>
        <source>Workspaces that are done</source>
        <translation>Erledigte Arbeitsordner</translation>
    </message>
    <message>
        <source>Runs %1 in every workspace that is checked.</source>
        <translation>Führt %1 in jedem angekreuzten Arbeitsordner aus.</translation>
    </message>
    <message>
        <source>&amp;Folders</source>
        <translation>&amp;Ordner</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Patterns with *, ?, [ ] and { }, with semicolons between them; relative to your home</source>
        <translation>Muster mit *, ?, [ ] und { }, durch Semikolon getrennt; bezogen auf Ihren persönlichen Ordner</translation>
    </message>
    <message>
        <source>Workspaces</source>
        <translation>Arbeitsordner</translation>
    </message>
    <message>
        <source>A double click shows the run in the history</source>
        <translation>Ein Doppelklick zeigt den Lauf im Verlauf</translation>
    </message>
    <message>
        <source>At &amp;once</source>
        <translation>&amp;Zugleich</translation>
    </message>
    <message>
        <source>Runs at once</source>
        <translation>Läufe zugleich</translation>
    </message>
    <message>
        <source>At most as many run as the runners have room for: Settings, Services</source>
        <translation>Es laufen höchstens so viele, wie die Runner Platz haben: Einstellungen, Dienste</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Add a workspace</source>
        <translation>Einen Arbeitsordner hinzufügen</translation>
    </message>
    <message>
        <source>The last time this task did not get to its end: %1 of %2 done.</source>
        <translation>Beim letzten Mal kam diese Aufgabe nicht bis zum Ende: %1 von %2 erledigt.</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weitermachen</translation>
    </message>
    <message>
        <source>%1 of %2 done</source>
        <translation>%1 von %2 erledigt</translation>
    </message>
    <message>
        <source>, %1 failed</source>
        <translation>, %1 gescheitert</translation>
    </message>
    <message>
        <source>, %1 cancelled</source>
        <translation>, %1 abgebrochen</translation>
    </message>
    <message>
        <source>, %1 running</source>
        <translation>, %1 laufen</translation>
    </message>
    <message numerus="yes">
        <source>Run in %n workspace(s)</source>
        <translation>
            <numerusform>In %n Arbeitsordner ausführen</numerusform>
            <numerusform>In %n Arbeitsordnern ausführen</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Wird abgebrochen …</translation>
    </message>
    <message>
        <source>%1 of %2 workspaces chosen</source>
        <translation>%1 von %2 Arbeitsordnern gewählt</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::FanOutModel</name>
    <message>
        <source>Workspace</source>
        <translation>Arbeitsordner</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Ausgang</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>Änderungen</translation>
    </message>
    <message>
        <source>Commit</source>
        <translation>Commit</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::FileList</name>
    <message>
        <source>Filter files</source>
        <translation>Dateien filtern</translation>
    </message>
    <message>
        <source>Filter the changed files</source>
        <translation>Die geänderten Dateien filtern</translation>
    </message>
    <message>
        <source>Changed files</source>
        <translation>Geänderte Dateien</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::FindBar</name>
    <message>
        <source>Regular expression</source>
        <translation>Regulärer Ausdruck</translation>
    </message>
    <message>
        <source>Match case</source>
        <translation>Groß- und Kleinschreibung beachten</translation>
    </message>
    <message>
        <source>Find…</source>
        <translation>Suchen …</translation>
    </message>
    <message>
        <source>Previous match (Shift+F3)</source>
        <translation>Vorige Fundstelle (Umschalt+F3)</translation>
    </message>
    <message>
        <source>Next match (F3)</source>
        <translation>Nächste Fundstelle (F3)</translation>
    </message>
    <message>
        <source>no match</source>
        <translation>nicht gefunden</translation>
    </message>
    <message>
        <source>searching</source>
        <translation>sucht</translation>
    </message>
    <message>
        <source>Show only the lines that match</source>
        <translation>Nur die Zeilen mit Fundstellen zeigen</translation>
    </message>
    <message>
        <source>Close find (Esc)</source>
        <translation>Suche schließen (Esc)</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::FollowDialog</name>
    <message>
        <source>&amp;Follow</source>
        <translation>&amp;Folgen</translation>
    </message>
    <message>
        <source>&amp;Copy Result</source>
        <translation>Ergebnis &amp;kopieren</translation>
    </message>
    <message>
        <source>Follow Run</source>
        <translation>Lauf folgen</translation>
    </message>
    <message>
        <source>Id of a run or a job, of any machine that uses this Redis</source>
        <translation>Kennung eines Laufs oder Auftrags, von jedem Rechner, der dieses Redis benutzt</translation>
    </message>
    <message>
        <source>Log of the run</source>
        <translation>Protokoll des Laufs</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Lauf</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>%1 on %2: %3 in %4</source>
        <translation>%1 auf %2: %3 in %4</translation>
    </message>
    <message>
        <source>The rest of the log is with the runner only.</source>
        <translation>Den Rest des Protokolls hat nur der Runner.</translation>
    </message>
    <message>
        <source>%1 · %2 on %3 · %4</source>
        <translation>%1 · %2 auf %3 · %4</translation>
    </message>
    <message>
        <source>Asking Redis…</source>
        <translation>Redis wird gefragt …</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::GateTable</name>
    <message>
        <source>Commands that will run</source>
        <translation>Befehle, die ausgeführt werden</translation>
    </message>
    <message>
        <source>Copy Command</source>
        <translation>Befehl kopieren</translation>
    </message>
    <message>
        <source>Show Whole Command</source>
        <translation>Ganzen Befehl zeigen</translation>
    </message>
    <message>
        <source>Command of %1</source>
        <translation>Befehl von %1</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::GatesModel</name>
    <message>
        <source>workspace</source>
        <translation>Arbeitsordner</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Command that will run</source>
        <translation>Befehl, der ausgeführt wird</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Time limit</source>
        <translation>Frist</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keins</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::HistoryPanel</name>
    <message>
        <source>Status of the listed runs</source>
        <translation>Ausgang der gezeigten Läufe</translation>
    </message>
    <message>
        <source>Every status</source>
        <translation>Jeder Ausgang</translation>
    </message>
    <message>
        <source>F5 tries again</source>
        <translation>F5 versucht es noch einmal</translation>
    </message>
    <message>
        <source>Search runs</source>
        <translation>Läufe suchen</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Neu laden</translation>
    </message>
    <message>
        <source>Load the list of runs again</source>
        <translation>Die Liste der Läufe neu laden</translation>
    </message>
    <message>
        <source>F5</source>
        <translation>F5</translation>
    </message>
    <message>
        <source>Past runs</source>
        <translation>Frühere Läufe</translation>
    </message>
    <message>
        <source>No run fits the search</source>
        <translation>Kein Lauf passt zur Suche</translation>
    </message>
    <message>
        <source>No runs yet</source>
        <translation>Noch keine Läufe</translation>
    </message>
    <message>
        <source>Each run is listed here when it has ended</source>
        <translation>Jeder Lauf steht hier, sobald er zu Ende ist</translation>
    </message>
    <message>
        <source>%1 copied</source>
        <translation>%1 kopiert</translation>
    </message>
    <message>
        <source>Run %1 deleted from the history</source>
        <translation>Lauf %1 aus dem Verlauf gelöscht</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::Indexer</name>
    <message>
        <source>more than 4 GiB</source>
        <translation>mehr als 4 GiB</translation>
    </message>
    <message>
        <source>the document ends here, but text follows</source>
        <translation>das Dokument endet hier, aber es folgt Text</translation>
    </message>
    <message>
        <source>more than %1 values</source>
        <translation>mehr als %1 Werte</translation>
    </message>
    <message>
        <source>more than %1 levels</source>
        <translation>mehr als %1 Ebenen</translation>
    </message>
    <message>
        <source>the text ends where a value was expected</source>
        <translation>der Text endet, wo ein Wert erwartet wurde</translation>
    </message>
    <message>
        <source>a value was expected</source>
        <translation>ein Wert wurde erwartet</translation>
    </message>
    <message>
        <source>a comma or “%1” was expected</source>
        <translation>ein Komma oder „%1“ wurde erwartet</translation>
    </message>
    <message>
        <source>a name in quotes was expected</source>
        <translation>ein Name in Anführungszeichen wurde erwartet</translation>
    </message>
    <message>
        <source>a colon was expected</source>
        <translation>ein Doppelpunkt wurde erwartet</translation>
    </message>
    <message>
        <source>this string has no end</source>
        <translation>diese Zeichenkette hat kein Ende</translation>
    </message>
    <message>
        <source>a control character in a string</source>
        <translation>ein Steuerzeichen in einer Zeichenkette</translation>
    </message>
    <message>
        <source>an escape that JSON does not know</source>
        <translation>eine Maskierung, die JSON nicht kennt</translation>
    </message>
    <message>
        <source>a digit was expected</source>
        <translation>eine Ziffer wurde erwartet</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::JsonModel</name>
    <message>
        <source>Key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>… Show all %1</source>
        <translation>… Alle %1 zeigen</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::JsonProblem</name>
    <message>
        <source>line %1, column %2: %3</source>
        <translation>Zeile %1, Spalte %2: %3</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::JsonView</name>
    <message>
        <source>Response as a tree</source>
        <translation>Antwort als Baum</translation>
    </message>
    <message>
        <source>Response as text</source>
        <translation>Antwort als Text</translation>
    </message>
    <message>
        <source>the first %1 matches</source>
        <translation>die ersten %1 Fundstellen</translation>
    </message>
    <message>
        <source>match</source>
        <translation>Fundstelle</translation>
    </message>
    <message>
        <source>matches</source>
        <translation>Fundstellen</translation>
    </message>
    <message>
        <source>%1 rows are open; the rest stays closed</source>
        <translation>%1 Zeilen sind offen; der Rest bleibt zu</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::LineCopier</name>
    <message>
        <source>Nothing was copied</source>
        <translation>Nichts wurde kopiert</translation>
    </message>
    <message>
        <source>Nothing was copied: the selection has more than %1, too much for the clipboard. Save the lines to a file instead.</source>
        <translation>Nichts wurde kopiert: die Auswahl hat mehr als %1, zu viel für die Zwischenablage. Bitte die Zeilen in eine Datei speichern.</translation>
    </message>
    <message>
        <source>character</source>
        <translation>Zeichen</translation>
    </message>
    <message>
        <source>characters</source>
        <translation>Zeichen</translation>
    </message>
    <message>
        <source>Copying, %1 % (Esc stops it)</source>
        <translation>Kopiert, %1 % (Esc bricht ab)</translation>
    </message>
    <message>
        <source>%1 copied</source>
        <translation>%1 kopiert</translation>
    </message>
    <message>
        <source>line</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>lines</source>
        <translation>Zeilen</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::LineFinder</name>
    <message>
        <source>the expression is too complex for line %1</source>
        <translation>der Ausdruck ist zu aufwendig für Zeile %1</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::LineView</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Select All</source>
        <translation>Alles auswählen</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::LogLineActions</name>
    <message>
        <source>Copy &amp;Link to Line</source>
        <translation>&amp;Verweis auf die Zeile kopieren</translation>
    </message>
    <message>
        <source>Show Only This &amp;Service</source>
        <translation>Nur diesen D&amp;ienst zeigen</translation>
    </message>
    <message>
        <source>Show Only This &amp;Run</source>
        <translation>Nur diesen &amp;Lauf zeigen</translation>
    </message>
    <message>
        <source>Show Only This S&amp;tep</source>
        <translation>Nur diesen &amp;Schritt zeigen</translation>
    </message>
    <message>
        <source>Show Only &amp;Errors</source>
        <translation>Nur &amp;Fehler zeigen</translation>
    </message>
    <message>
        <source>Open the &amp;File Named Here</source>
        <translation>Die hier genannte &amp;Datei öffnen</translation>
    </message>
    <message>
        <source>Show Only &amp;Service %1</source>
        <translation>Nur D&amp;ienst %1 zeigen</translation>
    </message>
    <message>
        <source>Show Only &amp;Run %1</source>
        <translation>Nur &amp;Lauf %1 zeigen</translation>
    </message>
    <message>
        <source>Show Only S&amp;tep %1</source>
        <translation>Nur &amp;Schritt %1 zeigen</translation>
    </message>
    <message>
        <source>Open &amp;File %1</source>
        <translation>&amp;Datei %1 öffnen</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::LogNote</name>
    <message>
        <source>Undo Clear</source>
        <translation>Leeren zurücknehmen</translation>
    </message>
    <message>
        <source>Undo clearing the log</source>
        <translation>Das Leeren des Protokolls zurücknehmen</translation>
    </message>
    <message>
        <source>%1 hidden by Clear</source>
        <translation>%1 durch Leeren verborgen</translation>
    </message>
    <message>
        <source>earlier line</source>
        <translation>frühere Zeile</translation>
    </message>
    <message>
        <source>earlier lines</source>
        <translation>frühere Zeilen</translation>
    </message>
    <message>
        <source>%1 no longer kept, as the memory and the file of the log were full</source>
        <translation>%1 nicht mehr da, weil Speicher und Datei des Protokolls voll waren</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open the folder with the whole output of the commands</source>
        <translation>Den Ordner mit der ganzen Ausgabe der Befehle öffnen</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::LogPanel</name>
    <message>
        <source>Find in the log</source>
        <translation>Im Protokoll suchen</translation>
    </message>
    <message>
        <source>This run</source>
        <translation>Dieser Lauf</translation>
    </message>
    <message>
        <source>Show only the lines of this run</source>
        <translation>Nur die Zeilen dieses Laufs zeigen</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>Follow the newest line (End)</source>
        <translation>Der neuesten Zeile folgen (Ende)</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Show the lines of a service</source>
        <translation>Die Zeilen eines Dienstes zeigen</translation>
    </message>
    <message>
        <source>Show lines from this level on</source>
        <translation>Zeilen ab dieser Stufe zeigen</translation>
    </message>
    <message>
        <source>All levels</source>
        <translation>Alle Stufen</translation>
    </message>
    <message>
        <source>Info and above</source>
        <translation>Ab Info</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>Warnungen</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>All services</source>
        <translation>Alle Dienste</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>line</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>lines</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>, %1 dropped</source>
        <translation>, %1 verworfen</translation>
    </message>
    <message>
        <source>No output yet</source>
        <translation>Noch keine Ausgabe</translation>
    </message>
    <message>
        <source>No output since the log was cleared (Log, Undo Clear)</source>
        <translation>Keine Ausgabe, seit das Protokoll geleert wurde (Protokoll, Leeren zurücknehmen)</translation>
    </message>
    <message>
        <source>No line passes the filter</source>
        <translation>Keine Zeile passt zum Filter</translation>
    </message>
    <message>
        <source>Wrap</source>
        <translation>Umbrechen</translation>
    </message>
    <message>
        <source>Wrap long lines (Alt+Z)</source>
        <translation>Lange Zeilen umbrechen (Alt+Z)</translation>
    </message>
    <message>
        <source>More about the log</source>
        <translation>Mehr zum Protokoll</translation>
    </message>
    <message>
        <source>Run time</source>
        <translation>Laufzeit</translation>
    </message>
    <message>
        <source>Show all runs and steps</source>
        <translation>Alle Läufe und Schritte zeigen</translation>
    </message>
    <message>
        <source>Go to a line of the log</source>
        <translation>Zu einer Zeile des Protokolls gehen</translation>
    </message>
    <message>
        <source>Number of the line, from 1 to %1, or a link to it:</source>
        <translation>Nummer der Zeile, von 1 bis %1, oder ein Verweis auf sie:</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is neither the number of a line nor a link to one</source>
        <translation>„%1“ ist weder die Nummer einer Zeile noch ein Verweis auf eine</translation>
    </message>
    <message>
        <source>There is no line %1: the log has %2</source>
        <translation>Es gibt keine Zeile %1: das Protokoll hat %2</translation>
    </message>
    <message>
        <source>Line %1 is no longer kept</source>
        <translation>Zeile %1 ist nicht mehr da</translation>
    </message>
    <message>
        <source>Line %1 is not of run %2: the link is of another session</source>
        <translation>Zeile %1 gehört nicht zu Lauf %2: der Verweis stammt aus einer anderen Sitzung</translation>
    </message>
    <message>
        <source>Line %1 is hidden: by a filter, or as the log was cleared</source>
        <translation>Zeile %1 ist verborgen: durch einen Filter, oder weil das Protokoll geleert wurde</translation>
    </message>
    <message>
        <source>Run %1</source>
        <translation>Lauf %1</translation>
    </message>
    <message>
        <source>%1 of run %2</source>
        <translation>%1 von Lauf %2</translation>
    </message>
    <message>
        <source>Showing %1 only: show all runs and steps</source>
        <translation>Nur %1: alle Läufe und Schritte zeigen</translation>
    </message>
    <message>
        <source>Times: off</source>
        <translation>Zeiten: aus</translation>
    </message>
    <message>
        <source>Times: of day</source>
        <translation>Zeiten: Uhrzeit</translation>
    </message>
    <message>
        <source>Times: since the start of the run</source>
        <translation>Zeiten: seit Beginn des Laufs</translation>
    </message>
    <message>
        <source>%1. Ctrl+T switches</source>
        <translation>%1. Strg+T wechselt</translation>
    </message>
    <message>
        <source>%1 of them in a file, shown as before</source>
        <translation>%1 davon in einer Datei, zu sehen wie zuvor</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::LogView</name>
    <message>
        <source>Live log</source>
        <translation>Laufendes Protokoll</translation>
    </message>
    <message>
        <source>No output yet</source>
        <translation>Noch keine Ausgabe</translation>
    </message>
    <message>
        <source>Go to the newest line and follow</source>
        <translation>Zur neuesten Zeile gehen und folgen</translation>
    </message>
    <message>
        <source>%1 below</source>
        <translation>%1 weiter unten</translation>
    </message>
    <message>
        <source>new line</source>
        <translation>neue Zeile</translation>
    </message>
    <message>
        <source>new lines</source>
        <translation>neue Zeilen</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::MainWindow</name>
    <message>
        <source>A run is in progress</source>
        <translation>Ein Lauf ist im Gang</translation>
    </message>
    <message>
        <source>No task is chosen</source>
        <translation>Keine Aufgabe ist gewählt</translation>
    </message>
    <message>
        <source>A preview is in progress</source>
        <translation>Eine Vorschau ist im Gang</translation>
    </message>
    <message>
        <source>The task has not run since its preview</source>
        <translation>Die Aufgabe lief seit ihrer Vorschau nicht</translation>
    </message>
    <message>
        <source>Nothing is in progress</source>
        <translation>Nichts ist im Gang</translation>
    </message>
    <message>
        <source>Preview: %1</source>
        <translation>Vorschau: %1</translation>
    </message>
    <message>
        <source>applies cleanly</source>
        <translation>passt ohne Weiteres</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Running %1</source>
        <translation>Läuft: %1</translation>
    </message>
    <message>
        <source>Open a task</source>
        <translation>Aufgabe öffnen</translation>
    </message>
    <message>
        <source>Task files (*.json *.patch *.diff);;All files (*)</source>
        <translation>Aufgabendateien (*.json *.patch *.diff);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>The log is being saved already</source>
        <translation>Das Protokoll wird schon gespeichert</translation>
    </message>
    <message>
        <source>Save the log</source>
        <translation>Protokoll speichern</translation>
    </message>
    <message>
        <source>Log files (*.log *.txt);;All files (*)</source>
        <translation>Protokolldateien (*.log *.txt);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>A run is in progress. Stop %1?</source>
        <translation>Ein Lauf ist im Gang. %1 anhalten?</translation>
    </message>
    <message>
        <source>A run is in progress. Stop all services?</source>
        <translation>Ein Lauf ist im Gang. Alle Dienste anhalten?</translation>
    </message>
    <message>
        <source>Keep running in the tray</source>
        <translation>In der Kontrollleiste weiterlaufen</translation>
    </message>
    <message>
        <source>A run is in progress. Close PatchPanel?</source>
        <translation>Ein Lauf ist im Gang. PatchPanel schließen?</translation>
    </message>
    <message>
        <source>Diagnostics copied</source>
        <translation>Diagnose kopiert</translation>
    </message>
    <message>
        <source>No run has left logs in %1 yet</source>
        <translation>Noch kein Lauf hat in %1 etwas hinterlassen</translation>
    </message>
    <message>
        <source>Run finished</source>
        <translation>Lauf beendet</translation>
    </message>
    <message>
        <source>Run failed</source>
        <translation>Lauf gescheitert</translation>
    </message>
    <message>
        <source>Only a task file can be dropped here</source>
        <translation>Hier kann nur eine Aufgabendatei abgelegt werden</translation>
    </message>
    <message numerus="yes">
        <source>%n files were dropped: open one task at a time</source>
        <translation>
            <numerusform>%n Datei wurde abgelegt: bitte eine Aufgabe auf einmal</numerusform>
            <numerusform>%n Dateien wurden abgelegt: bitte eine Aufgabe auf einmal</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is not a file of this computer</source>
        <translation>%1 ist keine Datei dieses Rechners</translation>
    </message>
    <message>
        <source>%1 is a folder: drop a task file</source>
        <translation>%1 ist ein Ordner: bitte eine Aufgabendatei ablegen</translation>
    </message>
    <message>
        <source>PatchPanel did not end properly. Its task is not opened by itself: %1</source>
        <translation>PatchPanel wurde nicht ordentlich beendet. Seine Aufgabe wird nicht von selbst geöffnet: %1</translation>
    </message>
    <message>
        <source>Open it</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>The last task is not there any more: %1</source>
        <translation>Die letzte Aufgabe ist nicht mehr da: %1</translation>
    </message>
    <message>
        <source>A run is in progress. Restart the services?</source>
        <translation>Ein Lauf ist im Gang. Die Dienste neu starten?</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>Response</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Plan, response and history</source>
        <translation>Plan, Antwort und Verlauf</translation>
    </message>
    <message>
        <source>Plan, response and history pages</source>
        <translation>Seiten für Plan, Antwort und Verlauf</translation>
    </message>
    <message>
        <source>Command line copied</source>
        <translation>Befehlszeile kopiert</translation>
    </message>
    <message>
        <source>%1 saved to %2</source>
        <translation>%1 gespeichert in %2</translation>
    </message>
    <message>
        <source>line</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>lines</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Cannot open %1: %2</source>
        <translation>%1 kann nicht geöffnet werden: %2</translation>
    </message>
    <message>
        <source>Files changed since preview. This is the new preview.</source>
        <translation>Dateien haben sich seit der Vorschau geändert. Dies ist die neue Vorschau.</translation>
    </message>
    <message>
        <source>Show its log</source>
        <translation>Sein Protokoll zeigen</translation>
    </message>
    <message>
        <source>Roll back…</source>
        <translation>Zurücknehmen …</translation>
    </message>
    <message>
        <source>%1 · step %2 of %3</source>
        <translation>%1 · Schritt %2 von %3</translation>
    </message>
    <message>
        <source> in %1</source>
        <translation> in %1</translation>
    </message>
    <message>
        <source>Copy restore commands</source>
        <translation>Befehle zum Wiederherstellen kopieren</translation>
    </message>
    <message>
        <source>Show in history</source>
        <translation>Im Verlauf zeigen</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Run %1 of %2 was interrupted. %3</source>
        <translation>Lauf %1 von %2 wurde unterbrochen. %3</translation>
    </message>
    <message>
        <source>Open its task</source>
        <translation>Seine Aufgabe öffnen</translation>
    </message>
    <message>
        <source>Restore commands copied</source>
        <translation>Befehle zum Wiederherstellen kopiert</translation>
    </message>
    <message>
        <source>%1 is not there any more</source>
        <translation>%1 ist nicht mehr da</translation>
    </message>
    <message>
        <source>Response saved to %1</source>
        <translation>Antwort gespeichert in %1</translation>
    </message>
    <message>
        <source>Opened %1, see line %2</source>
        <translation>%1 geöffnet, siehe Zeile %2</translation>
    </message>
    <message>
        <source>No program of this desktop opens %1</source>
        <translation>Kein Programm dieser Arbeitsumgebung öffnet %1</translation>
    </message>
    <message>
        <source>The runner answers again</source>
        <translation>Der Runner antwortet wieder</translation>
    </message>
    <message>
        <source>A run is in progress. Restart %1?</source>
        <translation>Ein Lauf ist im Gang. %1 neu starten?</translation>
    </message>
    <message>
        <source>%1 copied</source>
        <translation>%1 kopiert</translation>
    </message>
    <message>
        <source>%1 has no workspace %2. This plan is for its own: %3</source>
        <translation>%1 hat keinen Arbeitsordner %2. Dieser Plan ist für seinen eigenen: %3</translation>
    </message>
    <message>
        <source>Ending: the run in progress is cancelled</source>
        <translation>PatchPanel endet: der Lauf wird abgebrochen</translation>
    </message>
    <message>
        <source>The task ran in %1 workspaces: %2 are fine</source>
        <translation>Die Aufgabe lief in %1 Arbeitsordnern: in %2 ist alles gut</translation>
    </message>
    <message>
        <source>Redis is not used: the settings name a server</source>
        <translation>Redis wird nicht benutzt: die Einstellungen nennen einen Server</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::Notifier</name>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::PastRunView</name>
    <message>
        <source>Roll back…</source>
        <translation>Zurücknehmen …</translation>
    </message>
    <message>
        <source>Files that the run changed</source>
        <translation>Dateien, die der Lauf geändert hat</translation>
    </message>
    <message>
        <source>Report of the run</source>
        <translation>Bericht des Laufs</translation>
    </message>
    <message>
        <source>Select a run to see its report</source>
        <translation>Einen Lauf wählen, um seinen Bericht zu sehen</translation>
    </message>
    <message>
        <source>Loading the report…</source>
        <translation>Der Bericht wird geladen …</translation>
    </message>
    <message>
        <source>The run left no report</source>
        <translation>Der Lauf hat keinen Bericht hinterlassen</translation>
    </message>
    <message>
        <source>Roll back the selected run</source>
        <translation>Den gewählten Lauf zurücknehmen</translation>
    </message>
    <message>
        <source>Steps of the run</source>
        <translation>Schritte des Laufs</translation>
    </message>
    <message>
        <source>No run is selected</source>
        <translation>Kein Lauf ist gewählt</translation>
    </message>
    <message>
        <source>The run left no changes</source>
        <translation>Der Lauf hat nichts geändert hinterlassen</translation>
    </message>
    <message>
        <source>The run changed no files</source>
        <translation>Der Lauf hat keine Datei geändert</translation>
    </message>
    <message>
        <source>Put the files back as they were before this run</source>
        <translation>Die Dateien wiederherstellen, wie sie vor diesem Lauf waren</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Run the task of the selected run again</source>
        <translation>Die Aufgabe des gewählten Laufs noch einmal ausführen</translation>
    </message>
    <message>
        <source>Open the task of this run and preview it</source>
        <translation>Die Aufgabe dieses Laufs öffnen und ihre Vorschau machen</translation>
    </message>
    <message>
        <source>More for the selected run</source>
        <translation>Mehr zum gewählten Lauf</translation>
    </message>
    <message>
        <source>Run &amp;Again</source>
        <translation>&amp;Noch einmal</translation>
    </message>
    <message>
        <source>Show Its &amp;Log</source>
        <translation>Sein &amp;Protokoll zeigen</translation>
    </message>
    <message>
        <source>Open &amp;Report</source>
        <translation>&amp;Bericht öffnen</translation>
    </message>
    <message>
        <source>Open Report as &amp;JSON</source>
        <translation>Bericht als &amp;JSON öffnen</translation>
    </message>
    <message>
        <source>&amp;Copy Run Id</source>
        <translation>Kennung &amp;kopieren</translation>
    </message>
    <message>
        <source>The id of the run</source>
        <translation>Die Kennung des Laufs</translation>
    </message>
    <message>
        <source>&amp;Delete from History…</source>
        <translation>Aus dem Verlauf &amp;löschen …</translation>
    </message>
    <message>
        <source>Past Run</source>
        <translation>Früherer Lauf</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::PlanPanel</name>
    <message>
        <source>Open example</source>
        <translation>Beispiel öffnen</translation>
    </message>
    <message>
        <source>A small project with a task to try</source>
        <translation>Ein kleines Projekt mit einer Aufgabe zum Ausprobieren</translation>
    </message>
    <message>
        <source>Open the recent task %1</source>
        <translation>Die zuletzt benutzte Aufgabe %1 öffnen</translation>
    </message>
    <message>
        <source>Making the preview</source>
        <translation>Die Vorschau entsteht</translation>
    </message>
    <message>
        <source>This task changes no files. It only runs the commands below.</source>
        <translation>Diese Aufgabe ändert keine Dateien. Sie führt nur die Befehle unten aus.</translation>
    </message>
    <message>
        <source>Drop a task file here or Open… (Ctrl+O)</source>
        <translation>Eine Aufgabendatei hier ablegen, oder Öffnen … (Strg+O)</translation>
    </message>
    <message>
        <source>Open a task…</source>
        <translation>Aufgabe öffnen …</translation>
    </message>
    <message>
        <source>Open a task file from the empty plan</source>
        <translation>Aus dem leeren Plan eine Aufgabendatei öffnen</translation>
    </message>
    <message>
        <source>Warning: </source>
        <translation>Warnung: </translation>
    </message>
    <message>
        <source>and %1</source>
        <translation>und %1</translation>
    </message>
    <message>
        <source>more warning</source>
        <translation>weitere Warnung</translation>
    </message>
    <message>
        <source>more warnings</source>
        <translation>weitere Warnungen</translation>
    </message>
    <message>
        <source>the patch</source>
        <translation>der Patch</translation>
    </message>
    <message>
        <source>Patch of %1 saved to %2</source>
        <translation>Patch von %1 gespeichert in %2</translation>
    </message>
    <message>
        <source>file</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>without %1</source>
        <translation>ohne %1</translation>
    </message>
    <message>
        <source>binary file</source>
        <translation>Binärdatei</translation>
    </message>
    <message>
        <source>binary files</source>
        <translation>Binärdateien</translation>
    </message>
    <message>
        <source>it may not apply to %1 with bytes that are no UTF-8</source>
        <translation>er passt vielleicht nicht auf %1 mit Bytes, die kein UTF-8 sind</translation>
    </message>
    <message>
        <source>Save as .patch</source>
        <translation>Als .patch speichern</translation>
    </message>
    <message>
        <source>Save the diff as a patch</source>
        <translation>Die Unterschiede als Patch speichern</translation>
    </message>
    <message>
        <source>Save Plan as .patch…</source>
        <translation>Plan als .patch speichern …</translation>
    </message>
    <message>
        <source>Write the diffs of all files into one file</source>
        <translation>Die Unterschiede aller Dateien in eine Datei schreiben</translation>
    </message>
    <message>
        <source>Save File as .patch…</source>
        <translation>Datei als .patch speichern …</translation>
    </message>
    <message>
        <source>Write the diff of the selected file into a file</source>
        <translation>Die Unterschiede der gewählten Datei in eine Datei schreiben</translation>
    </message>
    <message>
        <source>plan</source>
        <translation>plan</translation>
    </message>
    <message>
        <source>Save as a patch</source>
        <translation>Als Patch speichern</translation>
    </message>
    <message>
        <source>Patches (*.patch *.diff);;All files (*)</source>
        <translation>Patches (*.patch *.diff);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>No file fits the filter</source>
        <translation>Keine Datei passt zum Filter</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::PlanSummary</name>
    <message>
        <source>file</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>Applies cleanly · dry run %1</source>
        <translation>Passt ohne Weiteres · Probelauf %1</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::ProblemBox</name>
    <message>
        <source>In %1</source>
        <translation>In %1</translation>
    </message>
    <message>
        <source>Expected: %1</source>
        <translation>Erwartet: %1</translation>
    </message>
    <message>
        <source>Found: %1</source>
        <translation>Gefunden: %1</translation>
    </message>
    <message>
        <source>Expected by the task</source>
        <translation>Von der Aufgabe erwartet</translation>
    </message>
    <message>
        <source>Problems of the task</source>
        <translation>Probleme der Aufgabe</translation>
    </message>
    <message>
        <source>problem</source>
        <translation>Problem</translation>
    </message>
    <message>
        <source>problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>In the file, at the nearest place: line %1</source>
        <translation>In der Datei, an der nächsten Stelle: Zeile %1</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::ResponsePanel</name>
    <message>
        <source>Find in the response</source>
        <translation>In der Antwort suchen</translation>
    </message>
    <message>
        <source>Tree</source>
        <translation>Baum</translation>
    </message>
    <message>
        <source>Show the response as a tree</source>
        <translation>Die Antwort als Baum zeigen</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>Roh</translation>
    </message>
    <message>
        <source>Show the response as text</source>
        <translation>Die Antwort als Text zeigen</translation>
    </message>
    <message>
        <source>Collapse</source>
        <translation>Einklappen</translation>
    </message>
    <message>
        <source>No response yet. It appears here after a run.</source>
        <translation>Noch keine Antwort. Sie erscheint hier nach einem Lauf.</translation>
    </message>
    <message>
        <source>HTTP %1 · %2</source>
        <translation>HTTP %1 · %2</translation>
    </message>
    <message>
        <source>No answer · %1</source>
        <translation>Keine Antwort · %1</translation>
    </message>
    <message>
        <source>run %1</source>
        <translation>Lauf %1</translation>
    </message>
    <message>
        <source>%1 bytes</source>
        <translation>%1 Bytes</translation>
    </message>
    <message>
        <source>the response</source>
        <translation>die Antwort</translation>
    </message>
    <message>
        <source>Filter keys</source>
        <translation>Schlüssel filtern</translation>
    </message>
    <message>
        <source>Filter the keys of the response</source>
        <translation>Die Schlüssel der Antwort filtern</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Speichern …</translation>
    </message>
    <message>
        <source>Save the response to a file</source>
        <translation>Die Antwort in eine Datei speichern</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy from the response</source>
        <translation>Aus der Antwort kopieren</translation>
    </message>
    <message>
        <source>Expand One Level</source>
        <translation>Eine Ebene ausklappen</translation>
    </message>
    <message>
        <source>Expand All</source>
        <translation>Alles ausklappen</translation>
    </message>
    <message>
        <source>Collapse One Level</source>
        <translation>Eine Ebene einklappen</translation>
    </message>
    <message>
        <source>Collapse All</source>
        <translation>Alles einklappen</translation>
    </message>
    <message>
        <source>Expand</source>
        <translation>Ausklappen</translation>
    </message>
    <message>
        <source>Expand the tree</source>
        <translation>Den Baum ausklappen</translation>
    </message>
    <message>
        <source>Collapse the tree</source>
        <translation>Den Baum einklappen</translation>
    </message>
    <message>
        <source>Copy Value</source>
        <translation>Wert kopieren</translation>
    </message>
    <message>
        <source>Copy Path (JSON Pointer)</source>
        <translation>Pfad kopieren (JSON Pointer)</translation>
    </message>
    <message>
        <source>Copy Path (jq)</source>
        <translation>Pfad kopieren (jq)</translation>
    </message>
    <message>
        <source>Copy All</source>
        <translation>Alles kopieren</translation>
    </message>
    <message>
        <source>Show Whole Value</source>
        <translation>Ganzen Wert zeigen</translation>
    </message>
    <message>
        <source>Save Response…</source>
        <translation>Antwort speichern …</translation>
    </message>
    <message>
        <source>The tree is being made</source>
        <translation>Der Baum entsteht</translation>
    </message>
    <message>
        <source>No tree: %1</source>
        <translation>Kein Baum: %1</translation>
    </message>
    <message>
        <source>response.json</source>
        <translation>antwort.json</translation>
    </message>
    <message>
        <source>run-%1.json</source>
        <translation>lauf-%1.json</translation>
    </message>
    <message>
        <source>Save the response</source>
        <translation>Antwort speichern</translation>
    </message>
    <message>
        <source>JSON files (*.json);;All files (*)</source>
        <translation>JSON-Dateien (*.json);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Response</source>
        <translation>Antwort</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::RunSession</name>
    <message>
        <source>a run is in progress</source>
        <translation>ein Lauf ist im Gang</translation>
    </message>
    <message>
        <source>there is no such file</source>
        <translation>eine solche Datei gibt es nicht</translation>
    </message>
    <message>
        <source>it is not a file that can be read</source>
        <translation>es ist keine Datei, die gelesen werden kann</translation>
    </message>
    <message>
        <source>rollback of run %1</source>
        <translation>Zurücknehmen von Lauf %1</translation>
    </message>
    <message>
        <source>No task is chosen.</source>
        <translation>Keine Aufgabe ist gewählt.</translation>
    </message>
    <message>
        <source>Open a task…</source>
        <translation>Aufgabe öffnen …</translation>
    </message>
    <message>
        <source>Preview again</source>
        <translation>Neue Vorschau</translation>
    </message>
    <message>
        <source>The task is not previewed yet.</source>
        <translation>Die Aufgabe hat noch keine Vorschau.</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>A run is in progress</source>
        <translation>Ein Lauf ist im Gang</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>The services are starting…</source>
        <translation>Die Dienste starten …</translation>
    </message>
    <message>
        <source>The services are stopping…</source>
        <translation>Die Dienste halten an …</translation>
    </message>
    <message>
        <source>The registry does not answer%1.</source>
        <translation>Die Registry antwortet nicht%1.</translation>
    </message>
    <message>
        <source>Start %1</source>
        <translation>%1 starten</translation>
    </message>
    <message>
        <source>No runner is up.</source>
        <translation>Kein Runner läuft.</translation>
    </message>
    <message>
        <source>No runner is known to the registry.</source>
        <translation>Die Registry kennt keinen Runner.</translation>
    </message>
    <message>
        <source>Nobody waits for the run any more; it may still go on</source>
        <translation>Niemand wartet mehr auf den Lauf; er kann noch weitergehen</translation>
    </message>
    <message>
        <source>the history tells its end</source>
        <translation>der Verlauf sagt, wie er endet</translation>
    </message>
    <message>
        <source>Use any runner</source>
        <translation>Irgendeinen Runner nehmen</translation>
    </message>
    <message>
        <source>%1 has left the registry.</source>
        <translation>%1 ist nicht mehr in der Registry.</translation>
    </message>
    <message>
        <source>%1 is starting…</source>
        <translation>%1 startet …</translation>
    </message>
    <message>
        <source>%1 is stopping…</source>
        <translation>%1 hält an …</translation>
    </message>
    <message>
        <source>%1 is not up%2.</source>
        <translation>%1 läuft nicht%2.</translation>
    </message>
    <message>
        <source>Reason: %1.</source>
        <translation>Grund: %1.</translation>
    </message>
    <message>
        <source>It is asked again every few seconds.</source>
        <translation>Es wird alle paar Sekunden wieder gefragt.</translation>
    </message>
    <message>
        <source>Use another port</source>
        <translation>Anderen Port nehmen</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::RunsModel</name>
    <message>
        <source>Run %1 in %2
%3</source>
        <translation>Lauf %1 in %2
%3</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Ausgang</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>Änderungen</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Runner</source>
        <translation>Runner</translation>
    </message>
    <message>
        <source>Commit</source>
        <translation>Commit</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::ServiceMenu</name>
    <message>
        <source>&amp;Start</source>
        <translation>&amp;Starten</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>&amp;Anhalten</translation>
    </message>
    <message>
        <source>&amp;Restart</source>
        <translation>&amp;Neu starten</translation>
    </message>
    <message>
        <source>&amp;Copy URL</source>
        <translation>&amp;URL kopieren</translation>
    </message>
    <message>
        <source>Show Its &amp;Log</source>
        <translation>Sein &amp;Protokoll zeigen</translation>
    </message>
    <message>
        <source>Copy Status as &amp;JSON</source>
        <translation>Zustand als &amp;JSON kopieren</translation>
    </message>
    <message>
        <source>The URL of %1</source>
        <translation>Die URL von %1</translation>
    </message>
    <message>
        <source>The status of %1</source>
        <translation>Der Zustand von %1</translation>
    </message>
    <message>
        <source>%1 belongs to another process</source>
        <translation>%1 gehört einem anderen Prozess</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::ServiceRow</name>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Start %1</source>
        <translation>%1 starten</translation>
    </message>
    <message>
        <source>More for %1</source>
        <translation>Mehr zu %1</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message numerus="yes">
        <source>Half of the last %n answers took %1 ms or less</source>
        <translation>
            <numerusform>Die letzte Antwort (%n) brauchte %1 ms oder weniger</numerusform>
            <numerusform>Die Hälfte der letzten %n Antworten brauchte %1 ms oder weniger</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>%n Lauf</numerusform>
            <numerusform>%n Läufe</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::ServicesPanel</name>
    <message>
        <source>Start all</source>
        <translation>Alle starten</translation>
    </message>
    <message>
        <source>Stop all</source>
        <translation>Alle anhalten</translation>
    </message>
    <message>
        <source>Start all services</source>
        <translation>Alle Dienste starten</translation>
    </message>
    <message>
        <source>Stop all services</source>
        <translation>Alle Dienste anhalten</translation>
    </message>
    <message>
        <source>Services</source>
        <translation>Dienste</translation>
    </message>
    <message>
        <source>Redis unreachable: runs go on, without remembered results</source>
        <translation>Redis nicht erreichbar: Läufe gehen weiter, ohne gemerkte Ergebnisse</translation>
    </message>
    <message>
        <source>Redis ok</source>
        <translation>Redis in Ordnung</translation>
    </message>
    <message>
        <source>Asking Redis…</source>
        <translation>Redis wird gefragt …</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::SettingRows</name>
    <message>
        <source>System (%1)</source>
        <translation>System (%1)</translation>
    </message>
    <message>
        <source>The command line says it: --%1.</source>
        <translation>Die Befehlszeile sagt es: --%1.</translation>
    </message>
    <message>
        <source>Default: %1 · %2</source>
        <translation>Standard: %1 · %2</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::SettingsDialog</name>
    <message>
        <source>on</source>
        <translation>an</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Counts from the next start of PatchPanel.</source>
        <translation>Gilt ab dem nächsten Start von PatchPanel.</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Defaults of This Page</source>
        <translation>Standard dieser Seite</translation>
    </message>
    <message>
        <source>Counts once it starts again: %1.</source>
        <translation>Gilt nach einem Neustart von: %1.</translation>
    </message>
    <message>
        <source>Restart now</source>
        <translation>Jetzt neu starten</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Aussehen</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>System follows the desktop.</source>
        <translation>System folgt der Arbeitsumgebung.</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Sprache</translation>
    </message>
    <message>
        <source>&amp;Tell when a run ends while the window is not in front</source>
        <translation>&amp;Melden, wenn ein Lauf endet und das Fenster nicht vorn ist</translation>
    </message>
    <message>
        <source>&amp;Icon in the tray</source>
        <translation>S&amp;ymbol in der Kontrollleiste</translation>
    </message>
    <message>
        <source>With it, closing the window can leave a run going on. A desktop without a tray shows none.</source>
        <translation>Damit kann ein Lauf weitergehen, wenn das Fenster geschlossen wird. Ohne Kontrollleiste erscheint keines.</translation>
    </message>
    <message>
        <source>Services</source>
        <translation>Dienste</translation>
    </message>
    <message>
        <source>any free one</source>
        <translation>irgendein freier</translation>
    </message>
    <message>
        <source>&amp;Registry port</source>
        <translation>Port der &amp;Registry</translation>
    </message>
    <message>
        <source>Ru&amp;nner port</source>
        <translation>Port des Ru&amp;nners</translation>
    </message>
    <message>
        <source>Of the first runner; the next ones follow.</source>
        <translation>Der des ersten; die weiteren folgen.</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>as --host says</source>
        <translation>wie --host sagt</translation>
    </message>
    <message>
        <source>Only this machine reaches the services. For others start with --host and --tls-cert.</source>
        <translation>Nur dieser Rechner erreicht die Dienste. Für andere mit --host und --tls-cert starten.</translation>
    </message>
    <message>
        <source>Ru&amp;nners</source>
        <translation>R&amp;unner</translation>
    </message>
    <message>
        <source>Workspaces &amp;at once</source>
        <translation>Arbeitsordner &amp;zugleich</translation>
    </message>
    <message>
        <source>For each runner; in one workspace it is always one run after the other.</source>
        <translation>Je Runner; in einem Arbeitsordner läuft immer eins nach dem anderen.</translation>
    </message>
    <message>
        <source>Re&amp;dis</source>
        <translation>Re&amp;dis</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keins</translation>
    </message>
    <message>
        <source>Remembers which runs succeeded. A password in it lies in the settings file, which only you may read.</source>
        <translation>Merkt sich, welche Läufe gelangen. Ein Passwort darin steht in der Einstellungsdatei, die nur Sie lesen dürfen.</translation>
    </message>
    <message>
        <source>&amp;Start the services when the window opens</source>
        <translation>&amp;Dienste starten, wenn das Fenster sich öffnet</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>&amp;Sandbox of commands</source>
        <translation>&amp;Sandbox der Befehle</translation>
    </message>
    <message>
        <source>where it works</source>
        <translation>wo sie geht</translation>
    </message>
    <message>
        <source>Where it works</source>
        <translation>Wo sie geht</translation>
    </message>
    <message>
        <source>Required</source>
        <translation>Vorgeschrieben</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Commands run &amp;in</source>
        <translation>&amp;Befehle laufen in</translation>
    </message>
    <message>
        <source>the workspace</source>
        <translation>dem Arbeitsordner</translation>
    </message>
    <message>
        <source>In a copy, the workspace is written after they have passed.</source>
        <translation>In einer Kopie: der Arbeitsordner wird geschrieben, wenn sie gelungen sind.</translation>
    </message>
    <message>
        <source>The workspace</source>
        <translation>Dem Arbeitsordner</translation>
    </message>
    <message>
        <source>A copy of it</source>
        <translation>Einer Kopie davon</translation>
    </message>
    <message>
        <source>&amp;Longest command</source>
        <translation>&amp;Längster Befehl</translation>
    </message>
    <message>
        <source>as the task says</source>
        <translation>wie die Aufgabe sagt</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>A run &amp;outlives</source>
        <translation>Ein Lauf über&amp;dauert</translation>
    </message>
    <message>
        <source>a power cut</source>
        <translation>einen Stromausfall</translation>
    </message>
    <message>
        <source>A power cut</source>
        <translation>Einen Stromausfall</translation>
    </message>
    <message>
        <source>The death of the process (faster)</source>
        <translation>Das Ende des Prozesses (schneller)</translation>
    </message>
    <message>
        <source>Change files that have several &amp;names</source>
        <translation>Dateien mit mehreren &amp;Namen ändern</translation>
    </message>
    <message>
        <source>Each gets a name of its own; else the task is refused.</source>
        <translation>Jede bekommt einen eigenen Namen; sonst wird die Aufgabe abgelehnt.</translation>
    </message>
    <message>
        <source>S&amp;kip runs that Redis knows to have succeeded</source>
        <translation>Läufe ü&amp;berspringen, die nach Redis gelungen sind</translation>
    </message>
    <message>
        <source>Past &amp;runs kept</source>
        <translation>Frühere &amp;Läufe</translation>
    </message>
    <message>
        <source>Older ones go after the next run, which the log tells.</source>
        <translation>Ältere gehen nach dem nächsten Lauf; das Protokoll sagt es.</translation>
    </message>
    <message>
        <source>&amp;Undo data kept</source>
        <translation>Daten zum &amp;Zurücknehmen</translation>
    </message>
    <message>
        <source>%1 MiB</source>
        <translation>%1 MiB</translation>
    </message>
    <message>
        <source> MiB</source>
        <translation> MiB</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>&amp;Memory</source>
        <translation>Sp&amp;eicher</translation>
    </message>
    <message>
        <source>Older lines go to a file and stay readable.</source>
        <translation>Ältere Zeilen gehen in eine Datei und bleiben lesbar.</translation>
    </message>
    <message>
        <source>&amp;Font</source>
        <translation>S&amp;chrift</translation>
    </message>
    <message>
        <source>the system&apos;s</source>
        <translation>die des Systems</translation>
    </message>
    <message>
        <source>time of day</source>
        <translation>Uhrzeit</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Time of day</source>
        <translation>Uhrzeit</translation>
    </message>
    <message>
        <source>&amp;Timestamps</source>
        <translation>&amp;Zeitangaben</translation>
    </message>
    <message>
        <source>Time since the start of the run</source>
        <translation>Zeit seit Beginn des Laufs</translation>
    </message>
    <message>
        <source>Run the &amp;gates of a task: its commands</source>
        <translation>Die &amp;Befehle einer Aufgabe ausführen, die sie prüfen</translation>
    </message>
    <message>
        <source>Without them nothing proves that what a task changes works; its report says so.</source>
        <translation>Ohne sie belegt nichts, dass die Änderungen einer Aufgabe funktionieren; ihr Bericht sagt das.</translation>
    </message>
    <message>
        <source>&amp;Commit where the task asks for it</source>
        <translation>&amp;Committen, wo die Aufgabe es verlangtamp;Commit machen, wo die Aufgabe ihn verlangt</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::ShortcutsDialog</name>
    <message>
        <source>Elsewhere</source>
        <translation>Sonst</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::StatusBar</name>
    <message>
        <source>No run yet</source>
        <translation>Noch kein Lauf</translation>
    </message>
    <message>
        <source>%1/%2 services up</source>
        <translation>%1/%2 Dienste laufen</translation>
    </message>
    <message>
        <source>log line</source>
        <translation>Protokollzeile</translation>
    </message>
    <message>
        <source>log lines</source>
        <translation>Protokollzeilen</translation>
    </message>
    <message>
        <source>, %1 dropped</source>
        <translation>, %1 verworfen</translation>
    </message>
    <message>
        <source>%1 · run %2</source>
        <translation>%1 · Lauf %2</translation>
    </message>
    <message>
        <source>Redis ok</source>
        <translation>Redis in Ordnung</translation>
    </message>
    <message>
        <source>Redis unreachable</source>
        <translation>Redis nicht erreichbar</translation>
    </message>
    <message>
        <source>Redis…</source>
        <translation>Redis …</translation>
    </message>
    <message>
        <source>no output for %1</source>
        <translation>keine Ausgabe seit %1</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::StepRow</name>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Passed</source>
        <translation>Gelungen</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>Will run</source>
        <translation>Wird laufen</translation>
    </message>
    <message>
        <source>Not reached</source>
        <translation>Nicht erreicht</translation>
    </message>
    <message>
        <source>Show its log</source>
        <translation>Sein Protokoll zeigen</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>Übersprungen</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::StepsPanel</name>
    <message>
        <source>Cancel run</source>
        <translation>Lauf abbrechen</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Open report</source>
        <translation>Bericht öffnen</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>No run yet</source>
        <translation>Noch kein Lauf</translation>
    </message>
    <message>
        <source>Ready to run</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>run %1</source>
        <translation>Lauf %1</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Hält an …</translation>
    </message>
    <message>
        <source>Total %1</source>
        <translation>Gesamt %1</translation>
    </message>
    <message>
        <source>Stop waiting</source>
        <translation>Nicht mehr warten</translation>
    </message>
    <message>
        <source>Roll back…</source>
        <translation>Zurücknehmen …</translation>
    </message>
    <message>
        <source>Leave the run alone: it may go on where it runs, and its end is told by the history</source>
        <translation>Den Lauf in Ruhe lassen: er kann weitergehen, wo er läuft, und sein Ende steht dann im Verlauf</translation>
    </message>
    <message>
        <source>Roll back the run that ended</source>
        <translation>Den beendeten Lauf zurücknehmen</translation>
    </message>
    <message>
        <source> at %1 %2</source>
        <translation> bei %1 %2</translation>
    </message>
    <message>
        <source>Connection lost%1: state unknown, trying again</source>
        <translation>Verbindung verloren%1: Stand unbekannt, neuer Versuch</translation>
    </message>
    <message>
        <source>Stopping… %1</source>
        <translation>Hält an … %1</translation>
    </message>
    <message>
        <source>Put the files back as they were before this run</source>
        <translation>Die Dateien wiederherstellen, wie sie vor diesem Lauf waren</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::TaskStrip</name>
    <message>
        <source>Open…</source>
        <translation>Öffnen …</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>Run patch</source>
        <translation>Ausführen</translation>
    </message>
    <message>
        <source>&amp;Task</source>
        <translation>&amp;Aufgabe</translation>
    </message>
    <message>
        <source>Task file</source>
        <translation>Aufgabendatei</translation>
    </message>
    <message>
        <source>Path of a task file</source>
        <translation>Pfad einer Aufgabendatei</translation>
    </message>
    <message>
        <source>Open a task file</source>
        <translation>Eine Aufgabendatei öffnen</translation>
    </message>
    <message>
        <source>Show what the task would change (F5)</source>
        <translation>Zeigen, was die Aufgabe ändern würde (F5)</translation>
    </message>
    <message>
        <source>Running…</source>
        <translation>Läuft …</translation>
    </message>
    <message>
        <source>Run the task (Ctrl+Return)</source>
        <translation>Die Aufgabe ausführen (Strg+Eingabe)</translation>
    </message>
    <message>
        <source>Ru&amp;nner</source>
        <translation>Ru&amp;nner</translation>
    </message>
    <message>
        <source>Runner</source>
        <translation>Runner</translation>
    </message>
    <message>
        <source>Run patch on %1</source>
        <translation>Ausführen auf %1</translation>
    </message>
    <message>
        <source>Automatic (%1)</source>
        <translation>Automatisch (%1)</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>The runner with the least to do</source>
        <translation>Der Runner mit der wenigsten Arbeit</translation>
    </message>
    <message>
        <source>last known</source>
        <translation>zuletzt bekannt</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>%1 · gone</source>
        <translation>%1 · fort</translation>
    </message>
    <message>
        <source>state unknown</source>
        <translation>Zustand unbekannt</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::Tray</name>
    <message>
        <source>&amp;Show PatchPanel</source>
        <translation>PatchPanel &amp;zeigen</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::ValueDialog</name>
    <message>
        <source>The whole value</source>
        <translation>Der ganze Wert</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>Liest …</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Find in the value</source>
        <translation>Im Wert suchen</translation>
    </message>
</context>
<context>
    <name>PatchPanel::Ui::WindowActions</name>
    <message>
        <source>The file is not there any more</source>
        <translation>Die Datei ist nicht mehr da</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>Ö&amp;ffnen …</translation>
    </message>
    <message>
        <source>Open &amp;Recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>&amp;Einstellungen …</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Lauf</translation>
    </message>
    <message>
        <source>&amp;Preview</source>
        <translation>&amp;Vorschau</translation>
    </message>
    <message>
        <source>&amp;Run Patch</source>
        <translation>&amp;Ausführen</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>A&amp;bbrechen</translation>
    </message>
    <message>
        <source>Run &amp;Again</source>
        <translation>&amp;Noch einmal</translation>
    </message>
    <message>
        <source>Roll &amp;Back…</source>
        <translation>&amp;Zurücknehmen …</translation>
    </message>
    <message>
        <source>Copy as Command &amp;Line</source>
        <translation>Als Befehls&amp;zeile kopieren</translation>
    </message>
    <message>
        <source>&amp;Services</source>
        <translation>D&amp;ienste</translation>
    </message>
    <message>
        <source>&amp;Start All</source>
        <translation>Alle &amp;starten</translation>
    </message>
    <message>
        <source>S&amp;top All</source>
        <translation>Alle &amp;anhalten</translation>
    </message>
    <message>
        <source>&amp;Log</source>
        <translation>&amp;Protokoll</translation>
    </message>
    <message>
        <source>&amp;Find…</source>
        <translation>&amp;Suchen …</translation>
    </message>
    <message>
        <source>Find &amp;Next</source>
        <translation>&amp;Nächste Fundstelle</translation>
    </message>
    <message>
        <source>Find &amp;Previous</source>
        <translation>&amp;Vorige Fundstelle</translation>
    </message>
    <message>
        <source>&amp;Copy Selection</source>
        <translation>Auswahl &amp;kopieren</translation>
    </message>
    <message>
        <source>Copy &amp;with Times</source>
        <translation>&amp;Mit Zeiten kopieren</translation>
    </message>
    <message>
        <source>&amp;Save Shown Lines…</source>
        <translation>&amp;Gezeigte Zeilen speichern …</translation>
    </message>
    <message>
        <source>Save W&amp;hole Log…</source>
        <translation>Ganzes &amp;Protokoll speichern …</translation>
    </message>
    <message>
        <source>C&amp;lear</source>
        <translation>&amp;Leeren</translation>
    </message>
    <message>
        <source>&amp;Undo Clear</source>
        <translation>Leeren &amp;zurücknehmen</translation>
    </message>
    <message>
        <source>F&amp;ollow</source>
        <translation>&amp;Folgen</translation>
    </message>
    <message>
        <source>&amp;Plain Text</source>
        <translation>Ohne Fa&amp;rben</translation>
    </message>
    <message>
        <source>Zoom &amp;In</source>
        <translation>V&amp;ergrößern</translation>
    </message>
    <message>
        <source>Zoom Ou&amp;t</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>&amp;Reset Zoom</source>
        <translation>N&amp;ormale Größe</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Plan</source>
        <translation>&amp;Plan</translation>
    </message>
    <message>
        <source>&amp;Response</source>
        <translation>&amp;Antwort</translation>
    </message>
    <message>
        <source>Histor&amp;y</source>
        <translation>&amp;Verlauf</translation>
    </message>
    <message>
        <source>&amp;Next Change</source>
        <translation>&amp;Nächste Änderung</translation>
    </message>
    <message>
        <source>Pre&amp;vious Change</source>
        <translation>V&amp;orige Änderung</translation>
    </message>
    <message>
        <source>S&amp;teps</source>
        <translation>&amp;Schritte</translation>
    </message>
    <message>
        <source>T&amp;heme</source>
        <translation>A&amp;ussehen</translation>
    </message>
    <message>
        <source>&amp;System</source>
        <translation>&amp;System</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>Command &amp;Palette…</source>
        <translation>&amp;Befehlspalette …</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>Open &amp;Example</source>
        <translation>&amp;Beispiel öffnen</translation>
    </message>
    <message>
        <source>Open &amp;Logs Folder</source>
        <translation>Ordner der &amp;Protokolle öffnen</translation>
    </message>
    <message>
        <source>Copy &amp;Diagnostics</source>
        <translation>&amp;Diagnose kopieren</translation>
    </message>
    <message>
        <source>&amp;About PatchPanel</source>
        <translation>&amp;Über PatchPanel</translation>
    </message>
    <message>
        <source>Only &amp;Matching Lines</source>
        <translation>Nur &amp;Fundstellen</translation>
    </message>
    <message>
        <source>&amp;Go to Line…</source>
        <translation>&amp;Gehe zu Zeile …</translation>
    </message>
    <message>
        <source>T&amp;his Line</source>
        <translation>&amp;Diese Zeile</translation>
    </message>
    <message>
        <source>W&amp;rap Lines</source>
        <translation>Zeilen &amp;umbrechen</translation>
    </message>
    <message>
        <source>Tim&amp;estamps</source>
        <translation>&amp;Zeitangaben</translation>
    </message>
    <message>
        <source>&amp;No Times</source>
        <translation>&amp;Keine Zeiten</translation>
    </message>
    <message>
        <source>Time of &amp;Day</source>
        <translation>&amp;Uhrzeit</translation>
    </message>
    <message>
        <source>Time since the Start of the &amp;Run</source>
        <translation>Zeit seit &amp;Beginn des Laufs</translation>
    </message>
    <message>
        <source>&amp;Switch Timestamps</source>
        <translation>Zeitangaben &amp;wechseln</translation>
    </message>
    <message>
        <source>Le&amp;vel</source>
        <translation>&amp;Stufe</translation>
    </message>
    <message>
        <source>&amp;All Levels</source>
        <translation>&amp;Alle Stufen</translation>
    </message>
    <message>
        <source>&amp;Info and Above</source>
        <translation>Ab &amp;Info</translation>
    </message>
    <message>
        <source>&amp;Warnings and Errors</source>
        <translation>&amp;Warnungen und Fehler</translation>
    </message>
    <message>
        <source>&amp;Errors Only</source>
        <translation>Nur &amp;Fehler</translation>
    </message>
    <message>
        <source>&amp;Go To</source>
        <translation>&amp;Gehe zu</translation>
    </message>
    <message>
        <source>&amp;Maximise Pane</source>
        <translation>Bereich &amp;maximieren</translation>
    </message>
    <message>
        <source>Go to &amp;Services, or Hide Them</source>
        <translation>Zu den &amp;Diensten, oder sie verbergen</translation>
    </message>
    <message>
        <source>Go to &amp;Plan, Response, History</source>
        <translation>Zu P&amp;lan, Antwort, Verlauf</translation>
    </message>
    <message>
        <source>Go to S&amp;teps, or Hide Them</source>
        <translation>Zu den &amp;Schritten, oder sie verbergen</translation>
    </message>
    <message>
        <source>Go to &amp;Log, or Hide It</source>
        <translation>Zum &amp;Protokoll, oder es verbergen</translation>
    </message>
    <message>
        <source>Go to the Log &amp;Filter</source>
        <translation>Zum &amp;Filter des Protokolls</translation>
    </message>
    <message>
        <source>&amp;Next Pane</source>
        <translation>Nächster &amp;Bereich</translation>
    </message>
    <message>
        <source>Pre&amp;vious Pane</source>
        <translation>V&amp;origer Bereich</translation>
    </message>
    <message>
        <source>Only This R&amp;un</source>
        <translation>Nur dieser &amp;Lauf</translation>
    </message>
    <message>
        <source>Run in &amp;Workspaces…</source>
        <translation>In &amp;Arbeitsordnern ausführen …</translation>
    </message>
    <message>
        <source>&amp;Follow Run…</source>
        <translation>Lauf &amp;folgen …</translation>
    </message>
</context>
<context>
    <name>QMessageBox</name>
    <message>
        <source>
and %1 more</source>
        <translation>
und %1 weitere</translation>
    </message>
    <message>
        <source>Cancelling stops the running command and restores the workspace.</source>
        <translation>Abbrechen hält den laufenden Befehl an und stellt den Arbeitsordner wieder her.</translation>
    </message>
    <message>
        <source>Wait for the run</source>
        <translation>Den Lauf abwarten</translation>
    </message>
    <message>
        <source>Cancel the run</source>
        <translation>Den Lauf abbrechen</translation>
    </message>
    <message>
        <source>Keep running</source>
        <translation>Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>Roll back run %1?</source>
        <translation>Lauf %1 zurücknehmen?</translation>
    </message>
    <message>
        <source>These files become as they were before it:

%1

Commits stay. The rollback is a run of its own and can be rolled back.</source>
        <translation>Diese Dateien werden, wie sie vor ihm waren:

%1

Commits bleiben. Das Zurücknehmen ist selbst ein Lauf und kann zurückgenommen werden.</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>Keep the files</source>
        <translation>Dateien behalten</translation>
    </message>
    <message>
        <source>Delete run %1 from the history?</source>
        <translation>Lauf %1 aus dem Verlauf löschen?</translation>
    </message>
    <message>
        <source>Its report and its undo slots go with it: it cannot be rolled back any more. The files of the workspace stay as they are.</source>
        <translation>Sein Bericht und seine Daten zum Zurücknehmen gehen mit: er kann nicht mehr zurückgenommen werden. Die Dateien des Arbeitsordners bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Behalten</translation>
    </message>
</context>
<context>
    <name>TextMatcher</name>
    <message>
        <source>%1 at character %2</source>
        <translation>%1 bei Zeichen %2</translation>
    </message>
</context>
</TS>
