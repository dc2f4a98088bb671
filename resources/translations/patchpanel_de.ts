<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>PatchPanel::Services</name>
    <message>
        <source>&quot;%1&quot; cannot be read: the task came without its file.</source>
        <translation>„%1“ kann nicht gelesen werden: die Aufgabe kam ohne ihre Datei.</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no IP address to listen on</source>
        <translation>„%1“ ist keine IP-Adresse, auf der gelauscht werden kann</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no URL that can be asked</source>
        <translation>„%1“ ist keine URL, die gefragt werden kann</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no id of a run.</source>
        <translation>„%1“ ist keine Kennung eines Laufs.</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no valid name of a branch.</source>
        <translation>„%1“ ist kein gültiger Name eines Branches.</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no valid name of a tag.</source>
        <translation>„%1“ ist kein gültiger Name eines Tags.</translation>
    </message>
    <message>
        <source>&quot;%1&quot; maps no absolute folder to a folder of the workspace</source>
        <translation>„%1“ bildet keinen absoluten Ordner auf einen Ordner des Arbeitsordners ab</translation>
    </message>
    <message>
        <source>&quot;%1&quot; matches files only: a workspace is a folder</source>
        <translation>zu „%1“ passen nur Dateien: ein Arbeitsordner ist ein Ordner</translation>
    </message>
    <message>
        <source>&quot;%1&quot; matches no folder</source>
        <translation>zu „%1“ passt kein Ordner</translation>
    </message>
    <message>
        <source>&quot;%1&quot; stands outside the wrapped task and has no effect</source>
        <translation>„%1“ steht außerhalb der eingepackten Aufgabe und bewirkt nichts</translation>
    </message>
    <message>
        <source>&quot;contents&quot; or &quot;diff&quot;</source>
        <translation>&quot;contents&quot; oder &quot;diff&quot;</translation>
    </message>
    <message>
        <source>&quot;fail&quot;, &quot;append&quot;, &quot;prepend&quot; or &quot;skip&quot;</source>
        <translation>&quot;fail&quot;, &quot;append&quot;, &quot;prepend&quot; oder &quot;skip&quot;</translation>
    </message>
    <message>
        <source>&quot;find&quot; is literal text, &quot;pattern&quot; a regular expression: keep one.</source>
        <translation>&quot;find&quot; ist wörtlicher Text, &quot;pattern&quot; ein regulärer Ausdruck: eines davon behalten.</translation>
    </message>
    <message>
        <source>&quot;find&quot; or &quot;pattern&quot;</source>
        <translation>&quot;find&quot; oder &quot;pattern&quot;</translation>
    </message>
    <message>
        <source>&quot;first&quot;, &quot;last&quot; or a number from 1</source>
        <translation>&quot;first&quot;, &quot;last&quot; oder eine Zahl ab 1</translation>
    </message>
    <message>
        <source>&quot;mutations&quot;, &quot;patch&quot; or commands</source>
        <translation>&quot;mutations&quot;, &quot;patch&quot; oder Befehle</translation>
    </message>
    <message>
        <source>&quot;mutations&quot;, &quot;pattern&quot; or &quot;execution&quot;</source>
        <translation>&quot;mutations&quot;, &quot;pattern&quot; oder &quot;execution&quot;</translation>
    </message>
    <message>
        <source>&quot;patch&quot; has none of the keys that tell what it is.</source>
        <translation>&quot;patch&quot; hat keinen der Schlüssel, die sagen, was es ist.</translation>
    </message>
    <message>
        <source>&quot;patch&quot; is ambiguous: its text is no unified diff.</source>
        <translation>&quot;patch&quot; ist mehrdeutig: sein Text ist kein Unified Diff.</translation>
    </message>
    <message>
        <source>&quot;patchpanel services&quot; shows who is there; nothing was started</source>
        <translation>&quot;patchpanel services&quot; zeigt, wer da ist; nichts wurde gestartet</translation>
    </message>
    <message>
        <source>&quot;target_file&quot; must name the file to change.</source>
        <translation>&quot;target_file&quot; muss die Datei nennen, die zu ändern ist.</translation>
    </message>
    <message>
        <source>%1 (%2) answered HTTP %3 but named neither a result nor a run</source>
        <translation>%1 (%2) antwortete mit HTTP %3, nannte aber weder ein Ergebnis noch einen Lauf</translation>
    </message>
    <message>
        <source>%1 (%2) does not accept our token</source>
        <translation>%1 (%2) nimmt das Token nicht an</translation>
    </message>
    <message>
        <source>%1 (%2) was lost after the task had been sent: %3</source>
        <translation>die Verbindung zu %1 (%2) ging verloren, nachdem die Aufgabe gesendet war: %3</translation>
    </message>
    <message>
        <source>%1 (line %2 of the diff): its counts were mended</source>
        <translation>%1 (Zeile %2 des Diffs): die Zeilenzahlen wurden berichtigt</translation>
    </message>
    <message>
        <source>%1 (process %2 on %3, since %4)</source>
        <translation>%1 (Prozess %2 auf %3, seit %4)</translation>
    </message>
    <message>
        <source>%1 (process %2, since %3)</source>
        <translation>%1 (Prozess %2, seit %3)</translation>
    </message>
    <message>
        <source>%1 Not everything could be taken back: %2</source>
        <translation>%1 Nicht alles konnte zurückgenommen werden: %2</translation>
    </message>
    <message>
        <source>%1 after the run: %2</source>
        <translation>%1 nach dem Lauf: %2</translation>
    </message>
    <message>
        <source>%1 and %2 differ in upper and lower case only.</source>
        <translation>%1 und %2 unterscheiden sich nur in Groß- und Kleinschreibung.</translation>
    </message>
    <message>
        <source>%1 applied %2 line above the stated place</source>
        <translation>%1: %2 Zeile über der genannten Stelle angewendet</translation>
    </message>
    <message>
        <source>%1 applied %2 line below the stated place</source>
        <translation>%1: %2 Zeile unter der genannten Stelle angewendet</translation>
    </message>
    <message>
        <source>%1 applied %2 lines above the stated place</source>
        <translation>%1: %2 Zeilen über der genannten Stelle angewendet</translation>
    </message>
    <message>
        <source>%1 applied %2 lines below the stated place</source>
        <translation>%1: %2 Zeilen unter der genannten Stelle angewendet</translation>
    </message>
    <message>
        <source>%1 applied with fuzz %2: context lines differ</source>
        <translation>%1: mit Unschärfe %2 angewendet, Zeilen des Kontexts weichen ab</translation>
    </message>
    <message>
        <source>%1 before the run: %2</source>
        <translation>%1 vor dem Lauf: %2</translation>
    </message>
    <message>
        <source>%1 bytes is more than a task file may have (64 MiB)</source>
        <translation>%1 Bytes sind mehr, als eine Aufgabendatei haben darf (64 MiB)</translation>
    </message>
    <message>
        <source>%1 can be reached from other machines, so it needs a token</source>
        <translation>%1 ist von anderen Rechnern zu erreichen und braucht deshalb ein Token</translation>
    </message>
    <message>
        <source>%1 cannot be a symbolic link to that.</source>
        <translation>%1 kann kein symbolischer Link darauf sein.</translation>
    </message>
    <message>
        <source>%1 cannot exist: %2 is a file.</source>
        <translation>%1 kann es nicht geben: %2 ist eine Datei.</translation>
    </message>
    <message>
        <source>%1 cannot hold files: it, or a folder above it, is a file.</source>
        <translation>%1 kann keine Dateien enthalten: es selbst oder ein Ordner darüber ist eine Datei.</translation>
    </message>
    <message>
        <source>%1 closed the connection before its answer was complete</source>
        <translation>%1 hat die Verbindung geschlossen, bevor die Antwort vollständig war</translation>
    </message>
    <message>
        <source>%1 command</source>
        <translation>%1 Befehl</translation>
    </message>
    <message>
        <source>%1 commands</source>
        <translation>%1 Befehle</translation>
    </message>
    <message>
        <source>%1 could not be opened: %2.</source>
        <translation>%1 konnte nicht geöffnet werden: %2.</translation>
    </message>
    <message>
        <source>%1 could not be put back: %2. The next run in this workspace tries it again.</source>
        <translation>%1 konnte nicht wiederhergestellt werden: %2. Der nächste Lauf in diesem Arbeitsordner versucht es noch einmal.</translation>
    </message>
    <message>
        <source>%1 could not be put in place: %2.</source>
        <translation>%1 konnte nicht an seinen Platz gebracht werden: %2.</translation>
    </message>
    <message>
        <source>%1 could not be read: %2.</source>
        <translation>%1 konnte nicht gelesen werden: %2.</translation>
    </message>
    <message>
        <source>%1 created</source>
        <translation>%1 neu</translation>
    </message>
    <message>
        <source>%1 deleted</source>
        <translation>%1 gelöscht</translation>
    </message>
    <message>
        <source>%1 did not answer within %2 ms</source>
        <translation>%1 hat binnen %2 ms nicht geantwortet</translation>
    </message>
    <message>
        <source>%1 does not answer</source>
        <translation>%1 antwortet nicht</translation>
    </message>
    <message>
        <source>%1 does not exist.</source>
        <translation>%1 gibt es nicht.</translation>
    </message>
    <message>
        <source>%1 does not know run %2 any more: it was restarted</source>
        <translation>%1 kennt den Lauf %2 nicht mehr: der Dienst wurde neu gestartet</translation>
    </message>
    <message>
        <source>%1 does not take %2</source>
        <translation>%1 nimmt %2 nicht an</translation>
    </message>
    <message>
        <source>%1 ended the event stream</source>
        <translation>%1 hat den Strom der Ereignisse beendet</translation>
    </message>
    <message>
        <source>%1 event streams are open already</source>
        <translation>%1 Ereignisströme sind schon offen</translation>
    </message>
    <message>
        <source>%1 exists already, with other contents or another mode.</source>
        <translation>%1 gibt es schon, mit anderem Inhalt oder anderen Rechten.</translation>
    </message>
    <message>
        <source>%1 exists already.</source>
        <translation>%1 gibt es schon.</translation>
    </message>
    <message>
        <source>%1 exists already; the diff creates it.</source>
        <translation>%1 gibt es schon; der Diff legt es an.</translation>
    </message>
    <message>
        <source>%1 files</source>
        <translation>%1 Dateien</translation>
    </message>
    <message>
        <source>%1 fits in %2 places; the nearest was taken</source>
        <translation>%1: passt an %2 Stellen, die nächste wurde genommen</translation>
    </message>
    <message>
        <source>%1 had been changed by a command: that version is in .patchpanel/%2/slot.</source>
        <translation>%1 war von einem Befehl geändert worden: diese Fassung liegt in .patchpanel/%2/slot.</translation>
    </message>
    <message>
        <source>%1 has %2 hard links: replacing it would part it from the others.</source>
        <translation>%1 hat %2 harte Links: ein Ersetzen würde die Datei von den anderen trennen.</translation>
    </message>
    <message>
        <source>%1 has more in it than the diff that deletes it.</source>
        <translation>%1 enthält mehr als der Diff, der die Datei löscht.</translation>
    </message>
    <message>
        <source>%1 has no token to ask for</source>
        <translation>für %1 gibt es kein Token, das verlangt werden könnte</translation>
    </message>
    <message>
        <source>%1 is a device, a pipe or a socket; only regular files can be changed.</source>
        <translation>%1 ist ein Gerät, eine Pipe oder ein Socket; nur gewöhnliche Dateien können geändert werden.</translation>
    </message>
    <message>
        <source>%1 is a folder, a file was expected.</source>
        <translation>%1 ist ein Ordner, erwartet war eine Datei.</translation>
    </message>
    <message>
        <source>%1 is a folder: %2 stands in it.</source>
        <translation>%1 ist ein Ordner: %2 liegt darin.</translation>
    </message>
    <message>
        <source>%1 is a regular file; the diff is about a symbolic link.</source>
        <translation>%1 ist eine gewöhnliche Datei; im Diff geht es um einen symbolischen Link.</translation>
    </message>
    <message>
        <source>%1 is a symbolic link</source>
        <translation>%1 ist ein symbolischer Link</translation>
    </message>
    <message>
        <source>%1 is a symbolic link; only regular files can be changed.</source>
        <translation>%1 ist ein symbolischer Link; nur gewöhnliche Dateien können geändert werden.</translation>
    </message>
    <message>
        <source>%1 is a symbolic link; the diff is about a regular file.</source>
        <translation>%1 ist ein symbolischer Link; im Diff geht es um eine gewöhnliche Datei.</translation>
    </message>
    <message>
        <source>%1 is as the diff leaves it.</source>
        <translation>%1 ist schon so, wie der Diff es hinterlässt.</translation>
    </message>
    <message>
        <source>%1 is missing.</source>
        <translation>%1 fehlt.</translation>
    </message>
    <message>
        <source>%1 is no event stream</source>
        <translation>%1 ist kein Ereignisstrom</translation>
    </message>
    <message>
        <source>%1 is not a folder.</source>
        <translation>%1 ist kein Ordner.</translation>
    </message>
    <message>
        <source>%1 is not found.</source>
        <translation>%1 ist nicht zu finden.</translation>
    </message>
    <message>
        <source>%1 is not there: taken as removed already</source>
        <translation>%1 ist nicht da: gilt als schon entfernt</translation>
    </message>
    <message>
        <source>%1 is on another filesystem than the workspace, so it cannot be switched as a whole.</source>
        <translation>%1 liegt auf einem anderen Dateisystem als der Arbeitsordner und kann deshalb nicht als Ganzes getauscht werden.</translation>
    </message>
    <message>
        <source>%1 is on another machine: the token would cross the network unencrypted</source>
        <translation>%1 ist auf einem anderen Rechner: das Token ginge unverschlüsselt durch das Netz</translation>
    </message>
    <message>
        <source>%1 is shutting down</source>
        <translation>%1 wird gerade beendet</translation>
    </message>
    <message>
        <source>%1 is too often.</source>
        <translation>%1 ist zu oft.</translation>
    </message>
    <message>
        <source>%1 leads through %2, which is a symbolic link.</source>
        <translation>%1 führt durch %2, und das ist ein symbolischer Link.</translation>
    </message>
    <message>
        <source>%1 lies below %2: both cannot be workspaces</source>
        <translation>%1 liegt unter %2: beide zugleich können keine Arbeitsordner sein</translation>
    </message>
    <message>
        <source>%1 line(s) inserted at line %2</source>
        <translation>%1 Zeile(n) eingefügt bei Zeile %2</translation>
    </message>
    <message>
        <source>%1 match(es) replaced</source>
        <translation>%1 Fundstelle(n) ersetzt</translation>
    </message>
    <message>
        <source>%1 matches %2 time(s), expected were %3.</source>
        <translation>%1 wurde %2-mal gefunden, erwartet war %3-mal.</translation>
    </message>
    <message>
        <source>%1 matches nothing: taken as replaced already</source>
        <translation>zu %1 passt nichts: gilt als schon ersetzt</translation>
    </message>
    <message>
        <source>%1 mode changed</source>
        <translation>bei %1 die Rechte geändert</translation>
    </message>
    <message>
        <source>%1 modified</source>
        <translation>%1 geändert</translation>
    </message>
    <message>
        <source>%1 moved</source>
        <translation>%1 verschoben</translation>
    </message>
    <message>
        <source>%1 of %2 matches replaced</source>
        <translation>%1 von %2 Fundstellen ersetzt</translation>
    </message>
    <message>
        <source>%1 outside the plan: %2</source>
        <translation>%1 außerhalb des Plans: %2</translation>
    </message>
    <message>
        <source>%1 place(s) left alone: the replacement stands there already</source>
        <translation>%1 Stelle(n) unberührt: der neue Text steht dort schon</translation>
    </message>
    <message>
        <source>%1 processes</source>
        <translation>%1 Prozesse</translation>
    </message>
    <message>
        <source>%1 registered, none of them passing</source>
        <translation>%1 angemeldet, aber keiner ist gesund</translation>
    </message>
    <message>
        <source>%1 run</source>
        <translation>%1 ausgeführt</translation>
    </message>
    <message>
        <source>%1 runs wait for %2 already</source>
        <translation>%1 Läufe warten schon auf %2</translation>
    </message>
    <message>
        <source>%1 says %2 old and %3 new lines, but has %4 and %5.</source>
        <translation>%1 nennt %2 alte und %3 neue Zeilen, hat aber %4 und %5.</translation>
    </message>
    <message>
        <source>%1 shut down before the run started</source>
        <translation>%1 wurde beendet, bevor der Lauf begann</translation>
    </message>
    <message>
        <source>%1 skipped, as gates were off</source>
        <translation>%1 übersprungen, weil die Befehle aus waren</translation>
    </message>
    <message>
        <source>%1 was changed by something else after the run wrote it: it was left as it is%2.</source>
        <translation>%1 wurde von etwas anderem geändert, nachdem der Lauf es geschrieben hatte: es bleibt, wie es ist%2.</translation>
    </message>
    <message>
        <source>%1 was changed by something else while the run wrote it.</source>
        <translation>%1 wurde von etwas anderem geändert, während der Lauf es schrieb.</translation>
    </message>
    <message>
        <source>%1 was killed before this run began. Nothing was changed.</source>
        <translation>%1 wurde gewaltsam beendet, bevor dieser Lauf begann. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>%1 was killed in this dry run. Nothing was changed.</source>
        <translation>%1 wurde in diesem Probelauf gewaltsam beendet. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>%1 was lost during run %2: %3</source>
        <translation>die Verbindung zu %1 ging während des Laufs %2 verloren: %3</translation>
    </message>
    <message>
        <source>%1 was not sent with the task</source>
        <translation>%1 wurde nicht mit der Aufgabe gesendet</translation>
    </message>
    <message>
        <source>%1 was refused (%2)</source>
        <translation>%1 wurde abgelehnt (%2)</translation>
    </message>
    <message>
        <source>%1 was replaced while it was read.</source>
        <translation>%1 wurde ersetzt, während es gelesen wurde.</translation>
    </message>
    <message>
        <source>%1, which strictRuntimeAudit forbids</source>
        <translation>%1, was strictRuntimeAudit verbietet</translation>
    </message>
    <message>
        <source>%1: other users may read or change the private key: chmod 600 %1</source>
        <translation>%1: andere Benutzer können den privaten Schlüssel lesen oder ändern: chmod 600 %1</translation>
    </message>
    <message>
        <source>%1: the certificate expired on %2: clients will refuse it until it is renewed</source>
        <translation>%1: das Zertifikat ist am %2 abgelaufen: Clients lehnen es ab, bis es erneuert ist</translation>
    </message>
    <message>
        <source>%1: the certificate is not valid before %2: clients will refuse it until then</source>
        <translation>%1: das Zertifikat gilt erst ab %2: Clients lehnen es bis dahin ab</translation>
    </message>
    <message>
        <source>%1: the folder holds no files</source>
        <translation>%1: der Ordner enthält keine Dateien</translation>
    </message>
    <message>
        <source>--tls-ca takes a file with &quot;-----BEGIN CERTIFICATE-----&quot;</source>
        <translation>--tls-ca nimmt eine Datei mit &quot;-----BEGIN CERTIFICATE-----&quot;</translation>
    </message>
    <message>
        <source>--tls-cert takes a file with &quot;-----BEGIN CERTIFICATE-----&quot;; openssl x509 -inform DER -in FILE converts one from DER</source>
        <translation>--tls-cert nimmt eine Datei mit &quot;-----BEGIN CERTIFICATE-----&quot;; openssl x509 -inform DER -in FILE wandelt eine aus DER um</translation>
    </message>
    <message>
        <source>--tls-key takes a file with &quot;-----BEGIN PRIVATE KEY-----&quot;; openssl pkey -inform DER -in FILE converts one from DER</source>
        <translation>--tls-key nimmt eine Datei mit &quot;-----BEGIN PRIVATE KEY-----&quot;; openssl pkey -inform DER -in FILE wandelt eine aus DER um</translation>
    </message>
    <message>
        <source>.patchpanel is not a folder of its own</source>
        <translation>.patchpanel ist kein eigener Ordner</translation>
    </message>
    <message>
        <source>.patchpanel/lock is not a file of its own</source>
        <translation>.patchpanel/lock ist keine eigene Datei</translation>
    </message>
    <message>
        <source>0000 to 0777</source>
        <translation>0000 bis 0777</translation>
    </message>
    <message>
        <source>1 file</source>
        <translation>1 Datei</translation>
    </message>
    <message>
        <source>1 process</source>
        <translation>1 Prozess</translation>
    </message>
    <message>
        <source>A JSON task begins with {; a diff names files with --- and +++ lines.</source>
        <translation>Eine Aufgabe in JSON beginnt mit {; ein Diff nennt Dateien in Zeilen mit --- und +++.</translation>
    </message>
    <message>
        <source>A command failed, and blockCommitOnError is set.</source>
        <translation>Ein Befehl ist gescheitert, und blockCommitOnError ist gesetzt.</translation>
    </message>
    <message>
        <source>A file name in the folder %1 is not valid UTF-8.</source>
        <translation>Ein Dateiname im Ordner %1 ist kein gültiges UTF-8.</translation>
    </message>
    <message>
        <source>A file that is created cannot have lines before.</source>
        <translation>Eine neue Datei kann vorher keine Zeilen haben.</translation>
    </message>
    <message>
        <source>A file that is created or deleted has one hunk, this one has %1.</source>
        <translation>Eine Datei, die angelegt oder gelöscht wird, hat einen Abschnitt; diese hat %1.</translation>
    </message>
    <message>
        <source>A file that is deleted cannot have lines after.</source>
        <translation>Eine gelöschte Datei kann nachher keine Zeilen haben.</translation>
    </message>
    <message>
        <source>A hunk stands here without the --- and +++ lines of its file.</source>
        <translation>Hier steht ein Abschnitt ohne die Zeilen --- und +++ seiner Datei.</translation>
    </message>
    <message>
        <source>A match of %1</source>
        <translation>Eine Fundstelle von %1</translation>
    </message>
    <message>
        <source>A run was killed here; the next run takes back what it left.</source>
        <translation>Hier wurde ein Lauf gewaltsam beendet; der nächste nimmt zurück, was davon übrig ist.</translation>
    </message>
    <message>
        <source>A service needs an http:// or https:// &quot;url&quot;.</source>
        <translation>Ein Dienst braucht eine &quot;url&quot; mit http:// oder https://.</translation>
    </message>
    <message>
        <source>A service that the task needs does not answer: %1.</source>
        <translation>Ein Dienst, den die Aufgabe braucht, antwortet nicht: %1.</translation>
    </message>
    <message>
        <source>A task is a JSON object; found %1.</source>
        <translation>Eine Aufgabe ist ein JSON-Objekt; gefunden wurde %1.</translation>
    </message>
    <message>
        <source>A task may not change .git or .patchpanel, however it is written.</source>
        <translation>Eine Aufgabe darf .git und .patchpanel nicht ändern, wie auch immer es geschrieben ist.</translation>
    </message>
    <message>
        <source>Add --- and +++ lines, or quote the names.</source>
        <translation>Zeilen mit --- und +++ ergänzen, oder die Namen in Anführungszeichen setzen.</translation>
    </message>
    <message>
        <source>Add the folder to safe.directory, or run as its owner.</source>
        <translation>Den Ordner in safe.directory aufnehmen, oder als sein Besitzer arbeiten.</translation>
    </message>
    <message>
        <source>Address already in use</source>
        <translation>Adresse wird schon benutzt</translation>
    </message>
    <message>
        <source>All %1 runners are draining: they take no new task</source>
        <translation>Alle %1 Runner laufen aus: sie nehmen keine neue Aufgabe an</translation>
    </message>
    <message>
        <source>Already applied: there is nothing to change, and no command was run.</source>
        <translation>Schon angewendet: es gibt nichts zu ändern, und kein Befehl wurde ausgeführt.</translation>
    </message>
    <message>
        <source>An earlier run was killed, and not all of it could be taken back: %1</source>
        <translation>Ein früherer Lauf wurde gewaltsam beendet, und nicht alles davon konnte zurückgenommen werden: %1</translation>
    </message>
    <message>
        <source>An empty file is written with &quot;contents&quot;: &quot;&quot;.</source>
        <translation>Eine leere Datei schreibt man mit &quot;contents&quot;: &quot;&quot;.</translation>
    </message>
    <message>
        <source>An environment variable needs a name without &quot;=&quot; and a string.</source>
        <translation>Eine Umgebungsvariable braucht einen Namen ohne &quot;=&quot; und einen Text.</translation>
    </message>
    <message>
        <source>An insert needs exactly one of &quot;after&quot;, &quot;before&quot; and &quot;at&quot;.</source>
        <translation>Ein Einfügen braucht genau eines von &quot;after&quot;, &quot;before&quot; und &quot;at&quot;.</translation>
    </message>
    <message>
        <source>Avoid nested repetitions such as (a+)+; say what must not match, as in [^\n]*.</source>
        <translation>Verschachtelte Wiederholungen wie (a+)+ vermeiden; sagen, was nicht passen darf, wie in [^\n]*.</translation>
    </message>
    <message>
        <source>Both &quot;find&quot; and &quot;pattern&quot; are given.</source>
        <translation>&quot;find&quot; und &quot;pattern&quot; sind beide angegeben.</translation>
    </message>
    <message>
        <source>Both names are /dev/null: no file is named.</source>
        <translation>Beide Namen sind /dev/null: keine Datei ist genannt.</translation>
    </message>
    <message>
        <source>Broken pipe</source>
        <translation>Pipe unterbrochen</translation>
    </message>
    <message>
        <source>Build failed: `%1` %2.</source>
        <translation>Bauen gescheitert: `%1` %2.</translation>
    </message>
    <message>
        <source>Cancelled after the files were written.</source>
        <translation>Abgebrochen, nachdem die Dateien geschrieben waren.</translation>
    </message>
    <message>
        <source>Cancelled before a runner had taken the task</source>
        <translation>Abgebrochen, bevor ein Runner die Aufgabe genommen hatte</translation>
    </message>
    <message>
        <source>Cancelled before anything was written.</source>
        <translation>Abgebrochen, bevor etwas geschrieben wurde.</translation>
    </message>
    <message>
        <source>Cancelled before it started</source>
        <translation>Vor dem Start abgebrochen</translation>
    </message>
    <message>
        <source>Cancelled before the commit.</source>
        <translation>Vor dem Commit abgebrochen.</translation>
    </message>
    <message>
        <source>Cancelled before the task was sent to a runner</source>
        <translation>Abgebrochen, bevor die Aufgabe an einen Runner ging</translation>
    </message>
    <message>
        <source>Cancelled during Build.</source>
        <translation>Beim Bauen abgebrochen.</translation>
    </message>
    <message>
        <source>Cancelled during Commit.</source>
        <translation>Beim Commit abgebrochen.</translation>
    </message>
    <message>
        <source>Cancelled during Mutations.</source>
        <translation>Bei den Änderungen abgebrochen.</translation>
    </message>
    <message>
        <source>Cancelled during Pre-checks.</source>
        <translation>Bei den Vorprüfungen abgebrochen.</translation>
    </message>
    <message>
        <source>Cancelled during Test.</source>
        <translation>Beim Testen abgebrochen.</translation>
    </message>
    <message>
        <source>Cancelled during Validate.</source>
        <translation>Beim Prüfen abgebrochen.</translation>
    </message>
    <message>
        <source>Cancelled during the commit.</source>
        <translation>Während des Commits abgebrochen.</translation>
    </message>
    <message>
        <source>Cancelled while the files were written.</source>
        <translation>Abgebrochen, während die Dateien geschrieben wurden.</translation>
    </message>
    <message>
        <source>Cancelled while the new files were prepared.</source>
        <translation>Abgebrochen, während die neuen Dateien vorbereitet wurden.</translation>
    </message>
    <message>
        <source>Cancelled while the plan was made.</source>
        <translation>Abgebrochen, während der Plan entstand.</translation>
    </message>
    <message>
        <source>Cancelled while the workspace was copied.</source>
        <translation>Abgebrochen, während der Arbeitsordner kopiert wurde.</translation>
    </message>
    <message>
        <source>Change its permissions, or run as its owner.</source>
        <translation>Seine Rechte ändern, oder als sein Besitzer arbeiten.</translation>
    </message>
    <message>
        <source>Changed after the plan was made: %1.</source>
        <translation>Geändert, nachdem der Plan gemacht war: %1.</translation>
    </message>
    <message>
        <source>Changed since run %1: %2.</source>
        <translation>Seit dem Lauf %1 geändert: %2.</translation>
    </message>
    <message>
        <source>Check the file, its folder and the space on its disk.</source>
        <translation>Die Datei, ihren Ordner und den Platz auf dem Datenträger prüfen.</translation>
    </message>
    <message>
        <source>Check the name and the strip level of the diff.</source>
        <translation>Den Namen prüfen, und wie viele Teile davon wegfallen (--strip).</translation>
    </message>
    <message>
        <source>Check the path, or use &quot;create&quot;.</source>
        <translation>Den Pfad prüfen, oder &quot;create&quot; verwenden.</translation>
    </message>
    <message>
        <source>Check the permissions of the workspace and the space on its disk.</source>
        <translation>Die Rechte des Arbeitsordners und den Platz auf seinem Datenträger prüfen.</translation>
    </message>
    <message>
        <source>Check the space on the disk of the workspace.</source>
        <translation>Den Platz auf dem Datenträger des Arbeitsordners prüfen.</translation>
    </message>
    <message>
        <source>Choose another name: some file systems cannot hold both.</source>
        <translation>Einen anderen Namen wählen: manche Dateisysteme können nicht beide enthalten.</translation>
    </message>
    <message>
        <source>Commit failed: %1</source>
        <translation>Commit gescheitert: %1</translation>
    </message>
    <message>
        <source>Commit failed: `%1` %2.</source>
        <translation>Commit gescheitert: `%1` %2.</translation>
    </message>
    <message>
        <source>Commits are off for this run.</source>
        <translation>Für diesen Lauf sind Commits aus.</translation>
    </message>
    <message>
        <source>Committed %1, but the run broke off after that.</source>
        <translation>Commit %1 gemacht, danach brach der Lauf ab.</translation>
    </message>
    <message>
        <source>Compare it with the file, blanks and line ends too.</source>
        <translation>Mit der Datei vergleichen, auch Leerzeichen und Zeilenenden.</translation>
    </message>
    <message>
        <source>Compare it with the file, or name a &quot;fallback&quot;.</source>
        <translation>Mit der Datei vergleichen, oder ein &quot;fallback&quot; nennen.</translation>
    </message>
    <message>
        <source>Compare the workspace with the files in the run&apos;s slots.</source>
        <translation>Den Arbeitsordner mit den Dateien vergleichen, die der Lauf gesichert hat.</translation>
    </message>
    <message>
        <source>Connection refused</source>
        <translation>Verbindung abgelehnt</translation>
    </message>
    <message>
        <source>Connection reset by peer</source>
        <translation>Verbindung von der Gegenseite getrennt</translation>
    </message>
    <message>
        <source>Connection timed out</source>
        <translation>Zeit für die Verbindung überschritten</translation>
    </message>
    <message>
        <source>Correct &quot;expectMatches&quot;, or make the text to find more exact.</source>
        <translation>&quot;expectMatches&quot; berichtigen, oder den gesuchten Text genauer machen.</translation>
    </message>
    <message>
        <source>Correct the counts, or let them be mended with --recount.</source>
        <translation>Die Zeilenzahlen berichtigen, oder es --recount überlassen.</translation>
    </message>
    <message>
        <source>Cross-device link</source>
        <translation>Ziel auf einem anderen Dateisystem</translation>
    </message>
    <message>
        <source>Decide which version to keep, then run again.</source>
        <translation>Entscheiden, welche Fassung bleibt, dann noch einmal ausführen.</translation>
    </message>
    <message>
        <source>Decide which version to keep.</source>
        <translation>Entscheiden, welche Fassung bleibt.</translation>
    </message>
    <message>
        <source>Device or resource busy</source>
        <translation>Gerät oder Ressource belegt</translation>
    </message>
    <message>
        <source>Directory not empty</source>
        <translation>Ordner nicht leer</translation>
    </message>
    <message>
        <source>Disk quota exceeded</source>
        <translation>Kontingent auf dem Datenträger überschritten</translation>
    </message>
    <message>
        <source>Dry run: %1; %2 would be skipped, as gates are off. Nothing was written.</source>
        <translation>Probelauf: %1; %2 übersprungen, weil die Befehle aus sind. Nichts wurde geschrieben.</translation>
    </message>
    <message>
        <source>Dry run: %1; %2 would run. Nothing was written.</source>
        <translation>Probelauf: %1; auszuführen: %2. Nichts wurde geschrieben.</translation>
    </message>
    <message>
        <source>Expected &quot;contents&quot; or &quot;diff&quot;.</source>
        <translation>Erwartet: &quot;contents&quot; oder &quot;diff&quot;.</translation>
    </message>
    <message>
        <source>Expected &quot;fail&quot;, &quot;append&quot;, &quot;prepend&quot; or &quot;skip&quot;.</source>
        <translation>Erwartet: &quot;fail&quot;, &quot;append&quot;, &quot;prepend&quot; oder &quot;skip&quot;.</translation>
    </message>
    <message>
        <source>Expected &quot;first&quot;, &quot;last&quot; or a number from 1.</source>
        <translation>Erwartet: &quot;first&quot;, &quot;last&quot; oder eine Zahl ab 1.</translation>
    </message>
    <message>
        <source>Expected &quot;mutations&quot;, &quot;patch&quot; or one of &quot;pre&quot;, &quot;build&quot;, &quot;validate&quot;, &quot;test&quot;.</source>
        <translation>Erwartet: &quot;mutations&quot;, &quot;patch&quot; oder eines von &quot;pre&quot;, &quot;build&quot;, &quot;validate&quot;, &quot;test&quot;.</translation>
    </message>
    <message>
        <source>Expected &quot;mutations&quot;; &quot;pattern&quot; and &quot;replacement&quot;; or &quot;preflight&quot;, &quot;execution&quot; and &quot;validation&quot;.</source>
        <translation>Erwartet: &quot;mutations&quot;; &quot;pattern&quot; und &quot;replacement&quot;; oder &quot;preflight&quot;, &quot;execution&quot; und &quot;validation&quot;.</translation>
    </message>
    <message>
        <source>Expected &quot;rename from&quot; and &quot;rename to&quot;, or the same with &quot;copy&quot;.</source>
        <translation>Erwartet: &quot;rename from&quot; und &quot;rename to&quot;, oder dasselbe mit &quot;copy&quot;.</translation>
    </message>
    <message>
        <source>Expected %1, found %2.</source>
        <translation>Erwartet: %1; gefunden: %2.</translation>
    </message>
    <message>
        <source>Expected %1.</source>
        <translation>Erwartet: %1.</translation>
    </message>
    <message>
        <source>Expected 1.</source>
        <translation>Erwartet: 1.</translation>
    </message>
    <message>
        <source>Expected 100644, 100755 or 120000.</source>
        <translation>Erwartet: 100644, 100755 oder 120000.</translation>
    </message>
    <message>
        <source>Expected a command as a string or {&quot;run&quot;: &quot;…&quot;}, found %1.</source>
        <translation>Erwartet: ein Befehl als Text oder {&quot;run&quot;: &quot;…&quot;}; gefunden: %1.</translation>
    </message>
    <message>
        <source>Expected a line number from 1, &quot;start&quot; or &quot;end&quot;.</source>
        <translation>Erwartet: eine Zeilennummer ab 1, &quot;start&quot; oder &quot;end&quot;.</translation>
    </message>
    <message>
        <source>Expected a string or an object, found %1.</source>
        <translation>Erwartet: ein Text oder ein Objekt; gefunden: %1.</translation>
    </message>
    <message>
        <source>Expected a whole task, found %1.</source>
        <translation>Erwartet: eine ganze Aufgabe; gefunden: %1.</translation>
    </message>
    <message>
        <source>Expected an object, found %1.</source>
        <translation>Erwartet: ein Objekt; gefunden: %1.</translation>
    </message>
    <message>
        <source>Expected here: &quot;literal&quot; or &quot;delta&quot; and a size.</source>
        <translation>Erwartet hier: &quot;literal&quot; oder &quot;delta&quot; und eine Größe.</translation>
    </message>
    <message>
        <source>Expected: --- a/path, +++ b/path and hunks that begin with @@.</source>
        <translation>Erwartet: --- a/path, +++ b/path und Abschnitte, die mit @@ beginnen.</translation>
    </message>
    <message>
        <source>Expected: @@ -line,count +line,count @@</source>
        <translation>Erwartet: @@ -Zeile,Anzahl +Zeile,Anzahl @@</translation>
    </message>
    <message>
        <source>File exists</source>
        <translation>Datei existiert schon</translation>
    </message>
    <message>
        <source>File name too long</source>
        <translation>Dateiname zu lang</translation>
    </message>
    <message>
        <source>File too large</source>
        <translation>Datei zu groß</translation>
    </message>
    <message>
        <source>Finish or abort it, then run again.</source>
        <translation>Das abschließen oder abbrechen, dann noch einmal ausführen.</translation>
    </message>
    <message>
        <source>Flags are i, m, s, x and u; how many are replaced says &quot;count&quot;.</source>
        <translation>Es gibt die Flags i, m, s, x und u; wie viele ersetzt werden, sagt &quot;count&quot;.</translation>
    </message>
    <message>
        <source>GET /runs/%1 tells how one of before ended</source>
        <translation>GET /runs/%1 sagt, wie ein früherer endete</translation>
    </message>
    <message>
        <source>GET /runs/%1 tells what the history knows</source>
        <translation>GET /runs/%1 sagt, was der Verlauf weiß</translation>
    </message>
    <message>
        <source>Gates are off for this run: %1 skipped, so nothing proves that what it changes works.</source>
        <translation>Für diesen Lauf sind die Befehle aus: %1 übersprungen, also belegt nichts, dass die Änderungen funktionieren.</translation>
    </message>
    <message>
        <source>Give it more context, or correct its line number.</source>
        <translation>Mehr Kontext angeben, oder die Zeilennummer berichtigen.</translation>
    </message>
    <message>
        <source>Give the hunks more context.</source>
        <translation>Den Abschnitten mehr Kontext geben.</translation>
    </message>
    <message>
        <source>Give the number of parts to take off the names, as patch -p does.</source>
        <translation>Angeben, wie viele Teile der Namen wegfallen, wie bei patch -p.</translation>
    </message>
    <message>
        <source>Hunk %1</source>
        <translation>Abschnitt %1</translation>
    </message>
    <message>
        <source>Hunk %1 does not apply</source>
        <translation>Abschnitt %1 passt nicht</translation>
    </message>
    <message>
        <source>Hunk %1 fits in more than one place: lines %2.</source>
        <translation>Abschnitt %1 passt an mehr als eine Stelle: Zeilen %2.</translation>
    </message>
    <message>
        <source>Hunk %1 has no context lines, and the file is not empty: nothing says that line %2 is the right place.</source>
        <translation>Abschnitt %1 hat keinen Kontext, und die Datei ist nicht leer: nichts sagt, dass Zeile %2 die richtige Stelle ist.</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>Fehler beim Lesen oder Schreiben</translation>
    </message>
    <message>
        <source>Install bubblewrap and allow unprivileged user namespaces, or run with --sandbox=auto.</source>
        <translation>Bubblewrap installieren und User-Namespaces ohne besondere Rechte erlauben, oder mit --sandbox=auto ausführen.</translation>
    </message>
    <message>
        <source>Invalid argument</source>
        <translation>Ungültige Angabe</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <translation>Ist ein Ordner</translation>
    </message>
    <message>
        <source>It cannot be told which file this diff is about.</source>
        <translation>Welche Datei dieser Diff meint, ist nicht zu erkennen.</translation>
    </message>
    <message>
        <source>It is as the diff leaves it.</source>
        <translation>Die Datei ist schon so, wie der Diff sie hinterlässt.</translation>
    </message>
    <message>
        <source>It is empty.</source>
        <translation>Er ist leer.</translation>
    </message>
    <message>
        <source>It is empty; use &quot;at&quot;: &quot;start&quot; or &quot;end&quot;.</source>
        <translation>Er ist leer; für Anfang und Ende gibt es &quot;at&quot;: &quot;start&quot; und &quot;end&quot;.</translation>
    </message>
    <message>
        <source>JSON has no %1; write a number, null, or leave the key out.</source>
        <translation>JSON kennt kein %1; eine Zahl oder null schreiben, oder den Schlüssel weglassen.</translation>
    </message>
    <message>
        <source>Keep one of the two.</source>
        <translation>Einen der beiden behalten.</translation>
    </message>
    <message>
        <source>Keep one of them.</source>
        <translation>Eines davon behalten.</translation>
    </message>
    <message>
        <source>Look at the new plan (%1) and run that.</source>
        <translation>Den neuen Plan (%1) ansehen und diesen ausführen.</translation>
    </message>
    <message>
        <source>Make it again from the file as it is now.</source>
        <translation>Aus der Datei, wie sie jetzt ist, neu machen.</translation>
    </message>
    <message>
        <source>Make it longer, or choose with &quot;occurrence&quot;: &quot;first&quot;, &quot;last&quot; or a number.</source>
        <translation>Ihn länger machen, oder mit &quot;occurrence&quot;: &quot;first&quot;, &quot;last&quot; oder einer Zahl wählen.</translation>
    </message>
    <message>
        <source>Make it readable, or make space; or run with --validate-in=place.</source>
        <translation>Lesbar machen oder Platz schaffen; oder mit --validate-in=place ausführen.</translation>
    </message>
    <message>
        <source>Make it with diff -u.</source>
        <translation>Mit diff -u machen.</translation>
    </message>
    <message>
        <source>Make it with git diff --binary.</source>
        <translation>Mit git diff --binary machen.</translation>
    </message>
    <message>
        <source>Make the cache folder writable ($XDG_CACHE_HOME), or run with --validate-in=place.</source>
        <translation>Den Cache-Ordner beschreibbar machen ($XDG_CACHE_HOME), oder mit --validate-in=place ausführen.</translation>
    </message>
    <message>
        <source>Make the diff against one parent.</source>
        <translation>Den Diff gegen einen der Vorgänger machen.</translation>
    </message>
    <message>
        <source>Make the diff against the file as it is.</source>
        <translation>Den Diff gegen die Datei machen, wie sie ist.</translation>
    </message>
    <message>
        <source>Make the diff with context lines.</source>
        <translation>Den Diff mit Kontext machen.</translation>
    </message>
    <message>
        <source>Make the diff with git diff --binary, in a SHA-1 repository.</source>
        <translation>Den Diff mit git diff --binary machen, in einem Repository mit SHA-1.</translation>
    </message>
    <message>
        <source>Make the plan again.</source>
        <translation>Den Plan neu machen.</translation>
    </message>
    <message>
        <source>Make the task again from the file as it is now.</source>
        <translation>Die Aufgabe aus der Datei, wie sie jetzt ist, neu machen.</translation>
    </message>
    <message>
        <source>More than one of &quot;contents&quot;, &quot;contentsBase64&quot; and &quot;contentsFrom&quot; is given.</source>
        <translation>Mehr als eines von &quot;contents&quot;, &quot;contentsBase64&quot; und &quot;contentsFrom&quot; ist angegeben.</translation>
    </message>
    <message>
        <source>Mutations failed: `%1` %2.</source>
        <translation>Änderungen gescheitert: `%1` %2.</translation>
    </message>
    <message>
        <source>Name a file of the workspace.</source>
        <translation>Eine Datei des Arbeitsordners nennen.</translation>
    </message>
    <message>
        <source>Name an existing folder.</source>
        <translation>Einen Ordner nennen, den es gibt.</translation>
    </message>
    <message>
        <source>Name another tag, or delete that one.</source>
        <translation>Einen anderen Tag nennen, oder diesen löschen.</translation>
    </message>
    <message>
        <source>Name the file by its real place inside the workspace.</source>
        <translation>Die Datei mit ihrem wirklichen Ort im Arbeitsordner nennen.</translation>
    </message>
    <message>
        <source>Name the file in front of it: --- a/path and +++ b/path.</source>
        <translation>Die Datei davor nennen: --- a/path und +++ b/path.</translation>
    </message>
    <message>
        <source>Name the file that it points to.</source>
        <translation>Die Datei nennen, auf die er zeigt.</translation>
    </message>
    <message>
        <source>No copy of the workspace can be made in %1: %2.</source>
        <translation>In %1 kann keine Kopie des Arbeitsordners gemacht werden: %2.</translation>
    </message>
    <message>
        <source>No registry is named</source>
        <translation>Keine Registry ist genannt</translation>
    </message>
    <message>
        <source>No runner named %1 is up</source>
        <translation>Kein Runner namens %1 läuft</translation>
    </message>
    <message>
        <source>No runner took the task: %1</source>
        <translation>Kein Runner hat die Aufgabe genommen: %1</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>Kein Platz mehr auf dem Datenträger</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>Datei oder Ordner nicht gefunden</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>Ist kein Ordner</translation>
    </message>
    <message>
        <source>Not committed, because .gitignore lists them: %1.</source>
        <translation>Ohne Commit, weil .gitignore sie nennt: %1.</translation>
    </message>
    <message>
        <source>Nothing to change</source>
        <translation>Nichts zu ändern</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Nothing was done: the task changes no file, and its commands were skipped.</source>
        <translation>Nichts wurde getan: die Aufgabe ändert keine Datei, und ihre Befehle wurden übersprungen.</translation>
    </message>
    <message>
        <source>Nothing was written.</source>
        <translation>Nichts wurde geschrieben.</translation>
    </message>
    <message>
        <source>Nothing was written. Make space and run again.</source>
        <translation>Nichts wurde geschrieben. Platz schaffen und noch einmal ausführen.</translation>
    </message>
    <message>
        <source>Nothing was written. Run again to plan against the files as they are now.</source>
        <translation>Nichts wurde geschrieben. Noch einmal ausführen, dann gilt der Plan den Dateien, wie sie jetzt sind.</translation>
    </message>
    <message>
        <source>Nothing was written. Take the later changes back first, or put these files right by hand: the old versions are in .patchpanel/%1/slot.</source>
        <translation>Nichts wurde geschrieben. Erst die späteren Änderungen zurücknehmen, oder diese Dateien von Hand richten: die alten Fassungen liegen in .patchpanel/%1/slot.</translation>
    </message>
    <message>
        <source>Operation not permitted</source>
        <translation>Vorgang nicht erlaubt</translation>
    </message>
    <message>
        <source>Part it from them with --break-hardlinks, or copy the file over itself.</source>
        <translation>Mit --break-hardlinks von den anderen trennen, oder die Datei über sich selbst kopieren.</translation>
    </message>
    <message>
        <source>PatchPanel keeps its state in .patchpanel: move what stands there out of the way.</source>
        <translation>PatchPanel hält seine Daten in .patchpanel: was dort liegt, an einen anderen Ort bringen.</translation>
    </message>
    <message>
        <source>Patterns are written as PCRE2 does.</source>
        <translation>Muster werden wie für PCRE2 geschrieben.</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>Keine Berechtigung</translation>
    </message>
    <message>
        <source>Pre-checks failed: `%1` %2.</source>
        <translation>Vorprüfungen gescheitert: `%1` %2.</translation>
    </message>
    <message>
        <source>Quote it as git does: &quot;name&quot; with \&quot; \\ \t \n and octal escapes.</source>
        <translation>Wie git in Anführungszeichen setzen: &quot;name&quot; mit \&quot; \\ \t \n und oktalen Zeichen.</translation>
    </message>
    <message>
        <source>Read back, these paths do not hold what the plan says: %1.</source>
        <translation>Beim Nachlesen hatten diese Pfade nicht, was der Plan sagt: %1.</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>Dateisystem nur zum Lesen</translation>
    </message>
    <message>
        <source>Redis at %1: %2</source>
        <translation>Redis auf %1: %2</translation>
    </message>
    <message>
        <source>Rename the file.</source>
        <translation>Die Datei umbenennen.</translation>
    </message>
    <message>
        <source>Run %1 did the same on this state of the workspace</source>
        <translation>Lauf %1 tat auf diesem Stand des Arbeitsordners dasselbe</translation>
    </message>
    <message>
        <source>Run %1 ended with its changes taken back: the workspace does not hold them.</source>
        <translation>Lauf %1 endete damit, dass seine Änderungen zurückgenommen wurden: der Arbeitsordner enthält sie nicht.</translation>
    </message>
    <message>
        <source>Run %1 has no report.</source>
        <translation>Lauf %1 hat keinen Bericht.</translation>
    </message>
    <message>
        <source>Run %1 is taken back already: every path is as it was before it.</source>
        <translation>Lauf %1 ist schon zurückgenommen: jeder Pfad ist wie vor ihm.</translation>
    </message>
    <message>
        <source>Run %1: %2 Its slots are in .patchpanel/%3.</source>
        <translation>Lauf %1: %2 Seine gesicherten Dateien liegen in .patchpanel/%3.</translation>
    </message>
    <message>
        <source>Run again when nothing else writes to the workspace.</source>
        <translation>Noch einmal ausführen, wenn nichts anderes in den Arbeitsordner schreibt.</translation>
    </message>
    <message>
        <source>Run it with --force if you mean it.</source>
        <translation>Mit --force ausführen, wenn es so gemeint ist.</translation>
    </message>
    <message>
        <source>Run the task by its file, or put the contents into &quot;contentsBase64&quot;.</source>
        <translation>Die Aufgabe als Datei ausführen, oder den Inhalt in &quot;contentsBase64&quot; schreiben.</translation>
    </message>
    <message>
        <source>Run the task in a workspace on that filesystem.</source>
        <translation>Die Aufgabe in einem Arbeitsordner auf jenem Dateisystem ausführen.</translation>
    </message>
    <message>
        <source>Runs go on without it. Check the file, its folder and the space on its disk.</source>
        <translation>Läufe gehen ohne ihn weiter. Die Datei, ihren Ordner und den Platz auf dem Datenträger prüfen.</translation>
    </message>
    <message>
        <source>Runs go on without it. Name another folder with --profile.</source>
        <translation>Läufe gehen ohne ihn weiter. Mit --profile einen anderen Ordner nennen.</translation>
    </message>
    <message>
        <source>Save it as UTF-8.</source>
        <translation>Als UTF-8 speichern.</translation>
    </message>
    <message>
        <source>Say &quot;patchAs&quot;: &quot;contents&quot; to write it to target_file, or &quot;patchAs&quot;: &quot;diff&quot;.</source>
        <translation>&quot;patchAs&quot;: &quot;contents&quot; sagt, dass der Text nach target_file kommt, &quot;patchAs&quot;: &quot;diff&quot;, dass er ein Diff ist.</translation>
    </message>
    <message>
        <source>See git-check-ref-format(1).</source>
        <translation>Siehe git-check-ref-format(1).</translation>
    </message>
    <message>
        <source>See the history for the runs that can be rolled back.</source>
        <translation>Welche Läufe zurückgenommen werden können, steht im Verlauf.</translation>
    </message>
    <message>
        <source>Something still wrote to the old %1 during the run: that text is in .patchpanel/%2/slot only.</source>
        <translation>Während des Laufs schrieb noch etwas in die alte Datei %1: dieser Text liegt nur in .patchpanel/%2/slot.</translation>
    </message>
    <message>
        <source>Switch to it yourself and run again, or name another branch.</source>
        <translation>Selbst dorthin wechseln und noch einmal ausführen, oder einen anderen Branch nennen.</translation>
    </message>
    <message>
        <source>TLS is not available: Qt did not find its OpenSSL plug-in or the library (back ends: %1)</source>
        <translation>TLS gibt es hier nicht: Qt fand sein OpenSSL-Modul oder die Bibliothek nicht (vorhanden: %1)</translation>
    </message>
    <message>
        <source>Test failed: `%1` %2.</source>
        <translation>Testen gescheitert: `%1` %2.</translation>
    </message>
    <message>
        <source>Text file busy</source>
        <translation>Programmdatei läuft gerade</translation>
    </message>
    <message>
        <source>Text is removed with &quot;replace&quot;: &quot;&quot;.</source>
        <translation>Text entfernt man mit &quot;replace&quot;: &quot;&quot;.</translation>
    </message>
    <message>
        <source>Text is removed with &quot;replacement&quot;: &quot;&quot;.</source>
        <translation>Text entfernt man mit &quot;replacement&quot;: &quot;&quot;.</translation>
    </message>
    <message>
        <source>The anchor</source>
        <translation>Der Anker</translation>
    </message>
    <message>
        <source>The anchor &quot;%1&quot; is found %2 time(s), match %3 was asked for.</source>
        <translation>Der Anker „%1“ wurde %2-mal gefunden, verlangt war Fundstelle %3.</translation>
    </message>
    <message>
        <source>The anchor &quot;%1&quot; is found %2 times, in lines %3.</source>
        <translation>Der Anker „%1“ wurde %2-mal gefunden, in den Zeilen %3.</translation>
    </message>
    <message>
        <source>The anchor &quot;%1&quot; is not found.</source>
        <translation>Der Anker „%1“ ist nicht zu finden.</translation>
    </message>
    <message>
        <source>The binary data cannot be checked: the whole blob ids are missing.</source>
        <translation>Die Binärdaten können nicht geprüft werden: die ganzen Blob-Kennungen fehlen.</translation>
    </message>
    <message>
        <source>The binary data do not give the contents that the index line names.</source>
        <translation>Die Binärdaten ergeben nicht den Inhalt, den die Zeile mit index nennt.</translation>
    </message>
    <message>
        <source>The binary file has other contents than the diff was made for.</source>
        <translation>Die Binärdatei hat einen anderen Inhalt als den, für den der Diff gemacht wurde.</translation>
    </message>
    <message>
        <source>The binary patch is damaged; make it again with git diff --binary.</source>
        <translation>Der Binärpatch ist beschädigt; mit git diff --binary neu machen.</translation>
    </message>
    <message>
        <source>The binary patch was made for contents of %1 bytes, not of %2.</source>
        <translation>Der Binärpatch wurde für einen Inhalt von %1 Bytes gemacht, nicht von %2.</translation>
    </message>
    <message>
        <source>The branch %1 could not be made: %2</source>
        <translation>Der Branch %1 konnte nicht angelegt werden: %2</translation>
    </message>
    <message>
        <source>The branch %1 could not be used: %2</source>
        <translation>Der Branch %1 konnte nicht benutzt werden: %2</translation>
    </message>
    <message>
        <source>The branch %1 exists and is not where the workspace is.</source>
        <translation>Den Branch %1 gibt es, und er ist nicht dort, wo der Arbeitsordner ist.</translation>
    </message>
    <message>
        <source>The command has a NUL character.</source>
        <translation>Der Befehl enthält ein NUL-Zeichen.</translation>
    </message>
    <message>
        <source>The command is empty.</source>
        <translation>Der Befehl ist leer.</translation>
    </message>
    <message>
        <source>The commit %1 of run %2 stays in the repository: the restored files are not committed.</source>
        <translation>Der Commit %1 von Lauf %2 bleibt im Repository: für die wiederhergestellten Dateien gibt es keinen Commit.</translation>
    </message>
    <message>
        <source>The data are damaged: they cannot be inflated.</source>
        <translation>Die Daten sind beschädigt: sie können nicht entpackt werden.</translation>
    </message>
    <message>
        <source>The data end before the %1 bytes stated.</source>
        <translation>Die Daten enden vor den genannten %1 Bytes.</translation>
    </message>
    <message>
        <source>The delta ends in the middle of an instruction.</source>
        <translation>Das Delta endet mitten in einer Anweisung.</translation>
    </message>
    <message>
        <source>The delta has an instruction that does not exist.</source>
        <translation>Das Delta hat eine Anweisung, die es nicht gibt.</translation>
    </message>
    <message>
        <source>The delta makes more or less than the %1 bytes it says.</source>
        <translation>Das Delta ergibt mehr oder weniger als die %1 Bytes, die es nennt.</translation>
    </message>
    <message>
        <source>The delta reads beyond the end of the contents it was made for.</source>
        <translation>Das Delta liest über das Ende des Inhalts hinaus, für den es gemacht wurde.</translation>
    </message>
    <message>
        <source>The diff changes a submodule; that cannot be applied.</source>
        <translation>Der Diff ändert ein Submodul; das kann nicht angewendet werden.</translation>
    </message>
    <message>
        <source>The diff does not name both files of a rename or copy.</source>
        <translation>Der Diff nennt nicht beide Dateien, die beim Umbenennen oder Kopieren gemeint sind.</translation>
    </message>
    <message>
        <source>The diff fits, and so does its reverse: it cannot be told whether it is applied already.</source>
        <translation>Der Diff passt, und seine Umkehrung auch: ob er schon angewendet ist, ist nicht zu erkennen.</translation>
    </message>
    <message>
        <source>The diff is applied in part. Applied already: %1. Not yet: %2.</source>
        <translation>Der Diff ist zum Teil angewendet. Schon angewendet: %1. Noch nicht: %2.</translation>
    </message>
    <message>
        <source>The diff is damaged: make it again.</source>
        <translation>Der Diff ist beschädigt: neu machen.</translation>
    </message>
    <message>
        <source>The diff names %1 and %2, and both exist.</source>
        <translation>Der Diff nennt %1 und %2, und es gibt beide.</translation>
    </message>
    <message>
        <source>The disk of the workspace is too full: %1 bytes in %2 files are needed, %3 bytes and %4 files are free.</source>
        <translation>Der Datenträger des Arbeitsordners ist zu voll: %1 Bytes in %2 Dateien werden gebraucht, %3 Bytes und %4 Dateien sind frei.</translation>
    </message>
    <message>
        <source>The file begins with a UTF-16 byte order mark.</source>
        <translation>Die Datei beginnt mit einer Bytereihenfolge-Marke von UTF-16.</translation>
    </message>
    <message>
        <source>The file has %1 bytes; a task has at most %2.</source>
        <translation>Die Datei hat %1 Bytes; eine Aufgabe hat höchstens %2.</translation>
    </message>
    <message>
        <source>The file name is not valid UTF-8.</source>
        <translation>Der Dateiname ist kein gültiges UTF-8.</translation>
    </message>
    <message>
        <source>The flag &quot;%1&quot; is not known.</source>
        <translation>Das Flag „%1“ ist nicht bekannt.</translation>
    </message>
    <message>
        <source>The folder %1 cannot be used: %2.</source>
        <translation>Der Ordner %1 kann nicht benutzt werden: %2.</translation>
    </message>
    <message>
        <source>The folder %1 could not be made: %2.</source>
        <translation>Der Ordner %1 konnte nicht angelegt werden: %2.</translation>
    </message>
    <message>
        <source>The folder %1 does not exist.</source>
        <translation>Den Ordner %1 gibt es nicht.</translation>
    </message>
    <message>
        <source>The folder of %1 may not be written: %2.</source>
        <translation>In den Ordner von %1 darf nicht geschrieben werden: %2.</translation>
    </message>
    <message>
        <source>The folder of the history, %1, cannot be made: %2.</source>
        <translation>Der Ordner des Verlaufs, %1, kann nicht angelegt werden: %2.</translation>
    </message>
    <message>
        <source>The header of this hunk cannot be read.</source>
        <translation>Die Kopfzeile dieses Abschnitts kann nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The history %1 cannot be used: %2.</source>
        <translation>Der Verlauf %1 kann nicht benutzt werden: %2.</translation>
    </message>
    <message>
        <source>The history %1 was written by a newer version of PatchPanel (%2; this one knows %3).</source>
        <translation>Der Verlauf %1 stammt von einer neueren Version von PatchPanel (%2; diese kennt %3).</translation>
    </message>
    <message>
        <source>The history lists the runs with their ids.</source>
        <translation>Der Verlauf nennt die Läufe mit ihren Kennungen.</translation>
    </message>
    <message>
        <source>The journal cannot be written, so nothing was taken back.</source>
        <translation>Das Journal kann nicht geschrieben werden, also wurde nichts zurückgenommen.</translation>
    </message>
    <message>
        <source>The journal of the run cannot be written: %1.</source>
        <translation>Das Journal des Laufs kann nicht geschrieben werden: %1.</translation>
    </message>
    <message>
        <source>The last runner has left</source>
        <translation>Der letzte Runner ist weg</translation>
    </message>
    <message>
        <source>The mode %1 has setuid, setgid or sticky; only permission bits are set.</source>
        <translation>Die Rechte %1 enthalten setuid, setgid oder sticky; nur Zugriffsrechte werden gesetzt.</translation>
    </message>
    <message>
        <source>The mode is not an octal string.</source>
        <translation>Die Rechte sind nicht als oktaler Text angegeben.</translation>
    </message>
    <message>
        <source>The name %1 has not the %2 leading parts that --strip takes off.</source>
        <translation>Der Name %1 hat nicht so viele vordere Teile, wie --strip wegnimmt: %2.</translation>
    </message>
    <message>
        <source>The names here differ from those of the lines above.</source>
        <translation>Die Namen hier weichen von denen der Zeilen darüber ab.</translation>
    </message>
    <message>
        <source>The new %1 could not be written: %2.</source>
        <translation>Die neue Datei %1 konnte nicht geschrieben werden: %2.</translation>
    </message>
    <message>
        <source>The new files did not reach the disk: %1.</source>
        <translation>Die neuen Dateien kamen nicht auf dem Datenträger an: %1.</translation>
    </message>
    <message>
        <source>The op &quot;%1&quot; is not known; expected %2.</source>
        <translation>Die Operation „%1“ ist nicht bekannt; erwartet: %2.</translation>
    </message>
    <message>
        <source>The path &quot;%1&quot; %2.</source>
        <translation>Der Pfad „%1“ %2.</translation>
    </message>
    <message>
        <source>The path &quot;%1&quot; lies outside the workspace %2.</source>
        <translation>Der Pfad „%1“ liegt außerhalb des Arbeitsordners %2.</translation>
    </message>
    <message>
        <source>The pattern could not be matched: %1.</source>
        <translation>Mit dem Muster konnte nicht gesucht werden: %1.</translation>
    </message>
    <message>
        <source>The pattern is not valid at its character %1: %2.</source>
        <translation>Das Muster ist bei seinem Zeichen %1 nicht gültig: %2.</translation>
    </message>
    <message>
        <source>The pattern runs away: PCRE2&apos;s match limit was reached before it was done.</source>
        <translation>Das Muster läuft davon: die Grenze von PCRE2 war erreicht, bevor es fertig war.</translation>
    </message>
    <message>
        <source>The plan %1 is no longer the plan of this task and workspace.</source>
        <translation>Der Plan %1 ist nicht mehr der Plan für diese Aufgabe und diesen Arbeitsordner.</translation>
    </message>
    <message>
        <source>The plan of the run cannot be written: %1.</source>
        <translation>Der Plan des Laufs kann nicht geschrieben werden: %1.</translation>
    </message>
    <message>
        <source>The plan of the run is damaged: it cannot be told what was switched.</source>
        <translation>Der Plan des Laufs ist beschädigt: was schon getauscht war, ist nicht zu erkennen.</translation>
    </message>
    <message>
        <source>The planned paths hold what the last commit holds.</source>
        <translation>Die geplanten Pfade haben schon, was der letzte Commit hat.</translation>
    </message>
    <message>
        <source>The queue %1 cannot be used: %2.</source>
        <translation>Die Warteschlange %1 kann nicht benutzt werden: %2.</translation>
    </message>
    <message>
        <source>The queue %1 was written by a newer version of PatchPanel (%2; this one knows %3).</source>
        <translation>Die Warteschlange %1 stammt von einer neueren Version von PatchPanel (%2; diese kennt %3).</translation>
    </message>
    <message>
        <source>The quoted file name cannot be read.</source>
        <translation>Der Dateiname in Anführungszeichen kann nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The registry %1 %2</source>
        <translation>Die Registry %1 %2</translation>
    </message>
    <message>
        <source>The registry %1 does not accept our token (HTTP %2)</source>
        <translation>Die Registry %1 nimmt das Token nicht an (HTTP %2)</translation>
    </message>
    <message>
        <source>The registry %1 knows no healthy %2: %3</source>
        <translation>Die Registry %1 kennt keinen gesunden Dienst %2: %3</translation>
    </message>
    <message>
        <source>The relay is not running</source>
        <translation>Das Relay läuft nicht</translation>
    </message>
    <message>
        <source>The replacement names the group %1, which the pattern does not have.</source>
        <translation>Der neue Text nennt die Gruppe %1, die das Muster nicht hat.</translation>
    </message>
    <message>
        <source>The report %1 cannot be written: %2.</source>
        <translation>Der Bericht %1 kann nicht geschrieben werden: %2.</translation>
    </message>
    <message>
        <source>The repository is in the middle of %1.</source>
        <translation>Das Repository ist mitten in %1.</translation>
    </message>
    <message>
        <source>The run broke off: %1.</source>
        <translation>Der Lauf brach ab: %1.</translation>
    </message>
    <message>
        <source>The run had not switched anything.</source>
        <translation>Der Lauf hatte noch nichts getauscht.</translation>
    </message>
    <message>
        <source>The run lost its workspace: %1.</source>
        <translation>Der Lauf verlor seinen Arbeitsordner: %1.</translation>
    </message>
    <message>
        <source>The run lost its workspace: %1. What it had written there is taken back, or made final, by the next run that gets it.</source>
        <translation>Der Lauf verlor seinen Arbeitsordner: %1. Was er dort geschrieben hatte, wird vom nächsten Lauf, der ihn bekommt, zurückgenommen oder fertiggestellt.</translation>
    </message>
    <message>
        <source>The run was killed after it had committed %1.</source>
        <translation>Der Lauf wurde gewaltsam beendet, nachdem er den Commit %1 gemacht hatte.</translation>
    </message>
    <message>
        <source>The run was killed after its changes were final: they stand.</source>
        <translation>Der Lauf wurde gewaltsam beendet, als seine Änderungen schon endgültig waren: sie bleiben.</translation>
    </message>
    <message>
        <source>The run was killed before its end, and its workspace is gone.</source>
        <translation>Der Lauf wurde gewaltsam beendet, und seinen Arbeitsordner gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>The run was killed before its end, and not all of it could be taken back.</source>
        <translation>Der Lauf wurde gewaltsam beendet, und nicht alles davon konnte zurückgenommen werden.</translation>
    </message>
    <message>
        <source>The run was killed before its end. The workspace is as it was before.</source>
        <translation>Der Lauf wurde gewaltsam beendet. Der Arbeitsordner ist, wie er vorher war.</translation>
    </message>
    <message>
        <source>The sandbox that the run requires does not work: %1</source>
        <translation>Die Sandbox, die der Lauf verlangt, funktioniert nicht: %1</translation>
    </message>
    <message>
        <source>The schema version %1 is not known.</source>
        <translation>Die Version %1 des Schemas ist nicht bekannt.</translation>
    </message>
    <message>
        <source>The size of this binary block is missing.</source>
        <translation>Die Größe dieses Binärblocks fehlt.</translation>
    </message>
    <message>
        <source>The size of this binary block is not a number.</source>
        <translation>Die Größe dieses Binärblocks ist keine Zahl.</translation>
    </message>
    <message>
        <source>The sizes at the start of the delta cannot be read.</source>
        <translation>Die Größen am Anfang des Deltas können nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The tag %1 could not be set: %2</source>
        <translation>Der Tag %1 konnte nicht gesetzt werden: %2</translation>
    </message>
    <message>
        <source>The tag %1 exists already.</source>
        <translation>Den Tag %1 gibt es schon.</translation>
    </message>
    <message>
        <source>The target of a link has 1 to %1 bytes and no NUL.</source>
        <translation>Das Ziel eines Links hat 1 bis %1 Bytes und kein NUL.</translation>
    </message>
    <message>
        <source>The task asks for commands without a network, which needs the sandbox: they have one.</source>
        <translation>Die Aufgabe verlangt Befehle ohne Netz, und dafür braucht es die Sandbox: sie haben eines.</translation>
    </message>
    <message>
        <source>The task asks for no commit.</source>
        <translation>Die Aufgabe verlangt keinen Commit.</translation>
    </message>
    <message>
        <source>The task changes no byte, but it requires a proof that it does.</source>
        <translation>Die Aufgabe ändert kein Byte, verlangt aber einen Beleg, dass sie es tut.</translation>
    </message>
    <message>
        <source>The task is disabled by default.</source>
        <translation>Die Aufgabe ist von sich aus abgeschaltet.</translation>
    </message>
    <message>
        <source>The task is wrapped more than %1 times.</source>
        <translation>Die Aufgabe ist mehr als %1-mal eingepackt.</translation>
    </message>
    <message>
        <source>The task requires that its services answer, and nothing can ask them.</source>
        <translation>Die Aufgabe verlangt, dass ihre Dienste antworten, und nichts kann sie fragen.</translation>
    </message>
    <message>
        <source>The text %1</source>
        <translation>Der Text %1</translation>
    </message>
    <message>
        <source>The text to find</source>
        <translation>Der gesuchte Text</translation>
    </message>
    <message>
        <source>The text to insert</source>
        <translation>Der Text zum Einfügen</translation>
    </message>
    <message>
        <source>The two differ in blanks or line endings only.</source>
        <translation>Die beiden unterscheiden sich nur in Leerzeichen oder Zeilenenden.</translation>
    </message>
    <message>
        <source>The undo slot of %1 is gone: %2.</source>
        <translation>Die gesicherte Fassung von %1 ist nicht mehr da: %2.</translation>
    </message>
    <message>
        <source>The way to %1 leads through a symbolic link or out of the workspace.</source>
        <translation>Der Weg zu %1 führt durch einen symbolischen Link oder aus dem Arbeitsordner hinaus.</translation>
    </message>
    <message>
        <source>The workspace %1 could not be opened: %2.</source>
        <translation>Der Arbeitsordner %1 konnte nicht geöffnet werden: %2.</translation>
    </message>
    <message>
        <source>The workspace changed after the plan was made: %1.</source>
        <translation>Der Arbeitsordner hat sich geändert, nachdem der Plan gemacht war: %1.</translation>
    </message>
    <message>
        <source>The workspace could not be copied: %1: %2.</source>
        <translation>Der Arbeitsordner konnte nicht kopiert werden: %1: %2.</translation>
    </message>
    <message>
        <source>The workspace is as it was before.</source>
        <translation>Der Arbeitsordner ist, wie er vorher war.</translation>
    </message>
    <message>
        <source>The workspace is as it was before. Check space and permissions.</source>
        <translation>Der Arbeitsordner ist, wie er vorher war. Platz und Rechte prüfen.</translation>
    </message>
    <message>
        <source>The workspace is as it was before. Check the disk.</source>
        <translation>Der Arbeitsordner ist, wie er vorher war. Den Datenträger prüfen.</translation>
    </message>
    <message>
        <source>The workspace is in no git repository.</source>
        <translation>Der Arbeitsordner liegt in keinem Git-Repository.</translation>
    </message>
    <message>
        <source>There are more data than the %1 bytes stated.</source>
        <translation>Es sind mehr Daten als die genannten %1 Bytes.</translation>
    </message>
    <message>
        <source>There is no line %1: the file has %2.</source>
        <translation>Es gibt keine Zeile %1: die Datei hat %2.</translation>
    </message>
    <message>
        <source>There is no unified diff in it.</source>
        <translation>Darin ist kein Unified Diff.</translation>
    </message>
    <message>
        <source>There is nothing to commit.</source>
        <translation>Es gibt nichts für einen Commit.</translation>
    </message>
    <message>
        <source>There is nothing to take back of run %1: it changed no file of this workspace, or its undo slots are gone.</source>
        <translation>Von Lauf %1 ist nichts zurückzunehmen: er hat keine Datei dieses Arbeitsordners geändert, oder seine gesicherten Fassungen sind nicht mehr da.</translation>
    </message>
    <message>
        <source>They are not committed.</source>
        <translation>Für sie gibt es keinen Commit.</translation>
    </message>
    <message>
        <source>This binary block is larger than 1 GiB.</source>
        <translation>Dieser Binärblock ist größer als 1 GiB.</translation>
    </message>
    <message>
        <source>This diff changes a binary file, but does not hold its data.</source>
        <translation>Dieser Diff ändert eine Binärdatei, enthält aber ihre Daten nicht.</translation>
    </message>
    <message>
        <source>This file is neither a JSON task nor a unified diff.</source>
        <translation>Diese Datei ist weder eine Aufgabe in JSON noch ein Unified Diff.</translation>
    </message>
    <message>
        <source>This is a combined diff of a merge; it cannot be applied.</source>
        <translation>Dies ist der kombinierte Diff eines Merge; er kann nicht angewendet werden.</translation>
    </message>
    <message>
        <source>This is a context diff; only unified diffs are read.</source>
        <translation>Dies ist ein Kontext-Diff; nur Unified Diffs werden gelesen.</translation>
    </message>
    <message>
        <source>This is a normal diff; only unified diffs are read.</source>
        <translation>Dies ist ein Diff im normalen Format; nur Unified Diffs werden gelesen.</translation>
    </message>
    <message>
        <source>This is not a file mode.</source>
        <translation>Dies sind keine Rechte einer Datei.</translation>
    </message>
    <message>
        <source>This is not valid JSON: %1.</source>
        <translation>Dies ist kein gültiges JSON: %1.</translation>
    </message>
    <message>
        <source>This is not valid base64.</source>
        <translation>Dies ist kein gültiges Base64.</translation>
    </message>
    <message>
        <source>This key stands twice in its object.</source>
        <translation>Dieser Schlüssel steht zweimal in seinem Objekt.</translation>
    </message>
    <message>
        <source>This line of binary data does not begin with a length letter.</source>
        <translation>Diese Zeile mit Binärdaten beginnt nicht mit einem Buchstaben für die Länge.</translation>
    </message>
    <message>
        <source>This line of binary data is not base 85.</source>
        <translation>Diese Zeile mit Binärdaten ist kein Base 85.</translation>
    </message>
    <message>
        <source>This line of binary data is shorter or longer than its letter says.</source>
        <translation>Diese Zeile mit Binärdaten ist kürzer oder länger, als ihr Buchstabe sagt.</translation>
    </message>
    <message>
        <source>This looks like an ed script; only unified diffs are read.</source>
        <translation>Dies sieht nach einem ed-Skript aus; nur Unified Diffs werden gelesen.</translation>
    </message>
    <message>
        <source>This object is no task: it has neither mutations nor a patch nor commands.</source>
        <translation>Dieses Objekt ist keine Aufgabe: es hat weder mutations noch einen Patch noch Befehle.</translation>
    </message>
    <message>
        <source>Too many levels of symbolic links</source>
        <translation>Zu viele symbolische Links hintereinander</translation>
    </message>
    <message>
        <source>Too many open files</source>
        <translation>Zu viele offene Dateien</translation>
    </message>
    <message>
        <source>Use &quot;at&quot;: &quot;end&quot; to insert at the end.</source>
        <translation>Am Ende fügt &quot;at&quot;: &quot;end&quot; ein.</translation>
    </message>
    <message>
        <source>Use &quot;overwrite&quot;: true to replace it.</source>
        <translation>Mit &quot;overwrite&quot;: true wird es ersetzt.</translation>
    </message>
    <message>
        <source>Use &quot;upsert&quot; to write it in any case.</source>
        <translation>Mit &quot;upsert&quot; wird es in jedem Fall geschrieben.</translation>
    </message>
    <message>
        <source>Use --skip-applied to apply the rest.</source>
        <translation>Mit --skip-applied wird der Rest angewendet.</translation>
    </message>
    <message>
        <source>Use that version, or name another --profile.</source>
        <translation>Jene Version benutzen, oder ein anderes --profile nennen.</translation>
    </message>
    <message>
        <source>Validate failed: `%1` %2.</source>
        <translation>Prüfen gescheitert: `%1` %2.</translation>
    </message>
    <message>
        <source>What an earlier run left cannot be read: %1.</source>
        <translation>Was ein früherer Lauf hinterließ, kann nicht gelesen werden: %1.</translation>
    </message>
    <message>
        <source>What an earlier run left cannot be taken over: %1.</source>
        <translation>Was ein früherer Lauf hinterließ, kann nicht übernommen werden: %1.</translation>
    </message>
    <message>
        <source>With &quot;%1&quot; the files beside the task have more than 64 MiB.</source>
        <translation>Mit „%1“ haben die Dateien neben der Aufgabe mehr als 64 MiB.</translation>
    </message>
    <message>
        <source>Write $$ for a dollar sign.</source>
        <translation>Ein Dollarzeichen schreibt man als $$.</translation>
    </message>
    <message>
        <source>Write it as &quot;0644&quot;.</source>
        <translation>So schreiben: &quot;0644&quot;.</translation>
    </message>
    <message>
        <source>Write it as an octal string: &quot;0755&quot;.</source>
        <translation>Als oktalen Text schreiben: &quot;0755&quot;.</translation>
    </message>
    <message>
        <source>Write it relative to the workspace, or say with --map-root where it lies here.</source>
        <translation>Relativ zum Arbeitsordner schreiben, oder mit --map-root sagen, wo es hier liegt.</translation>
    </message>
    <message>
        <source>Write it relative to the workspace.</source>
        <translation>Relativ zum Arbeitsordner schreiben.</translation>
    </message>
    <message>
        <source>Write it without.</source>
        <translation>Ohne schreiben.</translation>
    </message>
    <message>
        <source>Write the plain path, relative to the workspace.</source>
        <translation>Den einfachen Pfad schreiben, relativ zum Arbeitsordner.</translation>
    </message>
    <message>
        <source>Write the same name in both header lines.</source>
        <translation>In beiden Kopfzeilen denselben Namen schreiben.</translation>
    </message>
    <message>
        <source>Write what sh -c is to run.</source>
        <translation>Schreiben, was sh -c ausführen soll.</translation>
    </message>
    <message>
        <source>\u needs four hexadecimal digits</source>
        <translation>\u braucht vier hexadezimale Ziffern</translation>
    </message>
    <message>
        <source>a bisect</source>
        <translation>einem Bisect</translation>
    </message>
    <message>
        <source>a boolean</source>
        <translation>ein Wahrheitswert</translation>
    </message>
    <message>
        <source>a cherry-pick</source>
        <translation>einem Cherry-Pick</translation>
    </message>
    <message>
        <source>a colon is expected after the key</source>
        <translation>nach dem Schlüssel wird ein Doppelpunkt erwartet</translation>
    </message>
    <message>
        <source>a comma or ] is expected here</source>
        <translation>hier wird ein Komma oder ] erwartet</translation>
    </message>
    <message>
        <source>a comma or } is expected here</source>
        <translation>hier wird ein Komma oder } erwartet</translation>
    </message>
    <message>
        <source>a control character in a string must be escaped (\n, \t, \u…)</source>
        <translation>ein Steuerzeichen in einem Text muss umschrieben werden (\n, \t, \u…)</translation>
    </message>
    <message>
        <source>a digit is expected after the decimal point</source>
        <translation>nach dem Dezimalpunkt wird eine Ziffer erwartet</translation>
    </message>
    <message>
        <source>a digit is expected in the exponent</source>
        <translation>im Exponenten wird eine Ziffer erwartet</translation>
    </message>
    <message>
        <source>a file that the task names was changed since the fan-out began</source>
        <translation>eine Datei, die die Aufgabe nennt, wurde seit dem Beginn der Läufe geändert</translation>
    </message>
    <message>
        <source>a key in double quotes is expected here</source>
        <translation>hier wird ein Schlüssel in doppelten Anführungszeichen erwartet</translation>
    </message>
    <message>
        <source>a line number from 1, &quot;start&quot; or &quot;end&quot;</source>
        <translation>eine Zeilennummer ab 1, &quot;start&quot; oder &quot;end&quot;</translation>
    </message>
    <message>
        <source>a list</source>
        <translation>eine Liste</translation>
    </message>
    <message>
        <source>a list of mutations</source>
        <translation>eine Liste von Änderungen</translation>
    </message>
    <message>
        <source>a list of strings</source>
        <translation>eine Liste von Texten</translation>
    </message>
    <message>
        <source>a list of {&quot;name&quot;, &quot;url&quot;}</source>
        <translation>eine Liste von {&quot;name&quot;, &quot;url&quot;}</translation>
    </message>
    <message>
        <source>a merge</source>
        <translation>einem Merge</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>eine Zahl</translation>
    </message>
    <message>
        <source>a number may not begin with 0; write an octal mode as a string</source>
        <translation>eine Zahl darf nicht mit 0 beginnen; Rechte in oktaler Form als Text schreiben</translation>
    </message>
    <message>
        <source>a rebase</source>
        <translation>einem Rebase</translation>
    </message>
    <message>
        <source>a revert</source>
        <translation>einem Revert</translation>
    </message>
    <message>
        <source>a string</source>
        <translation>ein Text</translation>
    </message>
    <message>
        <source>a string or an object</source>
        <translation>ein Text oder ein Objekt</translation>
    </message>
    <message>
        <source>a string or {&quot;run&quot;: &quot;…&quot;}</source>
        <translation>ein Text oder {&quot;run&quot;: &quot;…&quot;}</translation>
    </message>
    <message>
        <source>a task cannot make its own run a dry one; whoever runs it decides</source>
        <translation>eine Aufgabe kann ihren eigenen Lauf nicht zum Probelauf machen; das entscheidet, wer sie ausführt</translation>
    </message>
    <message>
        <source>a value is expected here</source>
        <translation>hier wird ein Wert erwartet</translation>
    </message>
    <message>
        <source>a whole number of at least %1</source>
        <translation>eine ganze Zahl ab %1</translation>
    </message>
    <message>
        <source>a whole task</source>
        <translation>eine ganze Aufgabe</translation>
    </message>
    <message>
        <source>a workspace that several machines share is locked in Redis, and none is named</source>
        <translation>ein Arbeitsordner, den mehrere Rechner teilen, wird in Redis gesperrt, und keines ist genannt</translation>
    </message>
    <message>
        <source>add --redis redis://host:port/db</source>
        <translation>--redis redis://host:port/db angeben</translation>
    </message>
    <message>
        <source>added lines end in CR LF, as the file&apos;s do</source>
        <translation>neue Zeilen enden mit CR LF, wie die der Datei</translation>
    </message>
    <message>
        <source>already applied</source>
        <translation>schon angewendet</translation>
    </message>
    <message>
        <source>an array</source>
        <translation>eine Liste</translation>
    </message>
    <message>
        <source>an earlier hunk has used already</source>
        <translation>schon von einem früheren Abschnitt benutzt ist</translation>
    </message>
    <message>
        <source>an object</source>
        <translation>ein Objekt</translation>
    </message>
    <message>
        <source>an object of strings</source>
        <translation>ein Objekt mit Texten</translation>
    </message>
    <message>
        <source>an object with &quot;commit&quot; or &quot;tag&quot;</source>
        <translation>ein Objekt mit &quot;commit&quot; oder &quot;tag&quot;</translation>
    </message>
    <message>
        <source>an object with &quot;commit&quot;, &quot;branch&quot; or &quot;tag&quot;</source>
        <translation>ein Objekt mit &quot;commit&quot;, &quot;branch&quot; oder &quot;tag&quot;</translation>
    </message>
    <message>
        <source>an octal string</source>
        <translation>ein oktaler Text</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>und %1 weitere</translation>
    </message>
    <message>
        <source>another run</source>
        <translation>einem anderen Lauf</translation>
    </message>
    <message>
        <source>answered with HTTP %1</source>
        <translation>antwortete mit HTTP %1</translation>
    </message>
    <message>
        <source>ask again when it has ended</source>
        <translation>nach seinem Ende noch einmal fragen</translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation>höchstens %1</translation>
    </message>
    <message>
        <source>bring it back to go on, or leave --resume out to start anew</source>
        <translation>sie zurückbringen, um weiterzumachen, oder ohne --resume neu anfangen</translation>
    </message>
    <message>
        <source>bubblewrap is not installed</source>
        <translation>bubblewrap ist nicht installiert</translation>
    </message>
    <message>
        <source>bubblewrap: only the workspace, temporary files and caches are writable</source>
        <translation>bubblewrap: nur Arbeitsordner, temporäre Dateien und Caches sind beschreibbar</translation>
    </message>
    <message>
        <source>bwrap cannot be started: %1</source>
        <translation>bwrap kann nicht gestartet werden: %1</translation>
    </message>
    <message>
        <source>bwrap does not work here</source>
        <translation>bwrap funktioniert hier nicht</translation>
    </message>
    <message>
        <source>cancel it, or wait for its end</source>
        <translation>ihn abbrechen, oder sein Ende abwarten</translation>
    </message>
    <message>
        <source>cancel it, which takes it back, or wait for its end</source>
        <translation>ihn abbrechen, was ihn zurücknimmt, oder sein Ende abwarten</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>cannot listen on port %1 of %2: %3</source>
        <translation>auf Port %1 von %2 kann nicht gelauscht werden: %3</translation>
    </message>
    <message>
        <source>cannot lock .patchpanel/lock</source>
        <translation>.patchpanel/lock kann nicht gesperrt werden</translation>
    </message>
    <message>
        <source>cannot make the folder</source>
        <translation>der Ordner kann nicht angelegt werden</translation>
    </message>
    <message>
        <source>cannot make the folder .patchpanel</source>
        <translation>der Ordner .patchpanel kann nicht angelegt werden</translation>
    </message>
    <message>
        <source>cannot make the folder .patchpanel/fence</source>
        <translation>der Ordner .patchpanel/fence kann nicht angelegt werden</translation>
    </message>
    <message>
        <source>cannot make the record of the fan-out</source>
        <translation>die Aufzeichnung der Läufe kann nicht angelegt werden</translation>
    </message>
    <message>
        <source>cannot mend the record of the fan-out</source>
        <translation>die Aufzeichnung der Läufe kann nicht berichtigt werden</translation>
    </message>
    <message>
        <source>cannot open .patchpanel/lock</source>
        <translation>.patchpanel/lock kann nicht geöffnet werden</translation>
    </message>
    <message>
        <source>cannot open the folder .patchpanel</source>
        <translation>der Ordner .patchpanel kann nicht geöffnet werden</translation>
    </message>
    <message>
        <source>cannot open the folder .patchpanel/fence</source>
        <translation>der Ordner .patchpanel/fence kann nicht geöffnet werden</translation>
    </message>
    <message>
        <source>cannot open the record of the fan-out</source>
        <translation>die Aufzeichnung der Läufe kann nicht geöffnet werden</translation>
    </message>
    <message>
        <source>cannot open the workspace</source>
        <translation>der Arbeitsordner kann nicht geöffnet werden</translation>
    </message>
    <message>
        <source>cannot open: %1</source>
        <translation>kann nicht geöffnet werden: %1</translation>
    </message>
    <message>
        <source>cannot read the certificate of the authority: %1</source>
        <translation>das Zertifikat der Zertifizierungsstelle kann nicht gelesen werden: %1</translation>
    </message>
    <message>
        <source>cannot read the certificate: %1</source>
        <translation>das Zertifikat kann nicht gelesen werden: %1</translation>
    </message>
    <message>
        <source>cannot read the private key: %1</source>
        <translation>der private Schlüssel kann nicht gelesen werden: %1</translation>
    </message>
    <message>
        <source>cannot read the record of the fan-out: %1</source>
        <translation>die Aufzeichnung der Läufe kann nicht gelesen werden: %1</translation>
    </message>
    <message>
        <source>cannot read the task file: %1</source>
        <translation>die Aufgabendatei kann nicht gelesen werden: %1</translation>
    </message>
    <message>
        <source>cannot read: %1</source>
        <translation>kann nicht gelesen werden: %1</translation>
    </message>
    <message>
        <source>cannot write the file: %1</source>
        <translation>die Datei kann nicht geschrieben werden: %1</translation>
    </message>
    <message>
        <source>cannot write the record of the fan-out</source>
        <translation>die Aufzeichnung der Läufe kann nicht geschrieben werden</translation>
    </message>
    <message>
        <source>cannot write to .patchpanel/fence</source>
        <translation>in .patchpanel/fence kann nicht geschrieben werden</translation>
    </message>
    <message>
        <source>changed %1</source>
        <translation>änderte %1</translation>
    </message>
    <message>
        <source>changed planned files</source>
        <translation>änderte geplante Dateien</translation>
    </message>
    <message>
        <source>choose an address of this machine and a port above 1023</source>
        <translation>eine Adresse dieses Rechners und einen Port über 1023 wählen</translation>
    </message>
    <message>
        <source>choose one of %1; nothing was started</source>
        <translation>einen von %1 wählen; nichts wurde gestartet</translation>
    </message>
    <message>
        <source>close one, or try again later</source>
        <translation>einen schließen, oder es später noch einmal versuchen</translation>
    </message>
    <message>
        <source>committed %1</source>
        <translation>Commit %1 gemacht</translation>
    </message>
    <message>
        <source>copied from %1</source>
        <translation>kopiert von %1</translation>
    </message>
    <message>
        <source>created %1</source>
        <translation>neu: %1</translation>
    </message>
    <message>
        <source>deleted %1</source>
        <translation>gelöscht: %1</translation>
    </message>
    <message>
        <source>did not answer as a registry does: expected a JSON array</source>
        <translation>antwortete nicht wie eine Registry: erwartet war eine JSON-Liste</translation>
    </message>
    <message>
        <source>did you mean &quot;%1&quot;?</source>
        <translation>gemeint ist vielleicht „%1“</translation>
    </message>
    <message>
        <source>differences in white space were ignored</source>
        <translation>Unterschiede in Leerzeichen wurden übergangen</translation>
    </message>
    <message>
        <source>does not answer: %1</source>
        <translation>antwortet nicht: %1</translation>
    </message>
    <message>
        <source>ended because the run was cancelled</source>
        <translation>beendet, weil der Lauf abgebrochen wurde</translation>
    </message>
    <message>
        <source>ended by signal %1</source>
        <translation>durch Signal %1 beendet</translation>
    </message>
    <message>
        <source>exited with %1</source>
        <translation>endete mit Exit-Code %1</translation>
    </message>
    <message>
        <source>expected &quot;unique&quot; or &quot;nearest&quot;</source>
        <translation>erwartet: &quot;unique&quot; oder &quot;nearest&quot;</translation>
    </message>
    <message>
        <source>expected %1, found %2</source>
        <translation>erwartet: %1; gefunden: %2</translation>
    </message>
    <message>
        <source>expected a JSON object</source>
        <translation>erwartet: ein JSON-Objekt</translation>
    </message>
    <message>
        <source>expected a list of texts like /their/root=folder</source>
        <translation>erwartet: eine Liste von Texten wie /their/root=folder</translation>
    </message>
    <message>
        <source>expected a whole number from %1 to %2</source>
        <translation>erwartet: eine ganze Zahl von %1 bis %2</translation>
    </message>
    <message>
        <source>expected one of %1, found &quot;%2&quot;</source>
        <translation>erwartet: eines von %1; gefunden: „%2“</translation>
    </message>
    <message>
        <source>expected redis://[user:password@]host:port/db or redis+unix:///path/to/socket?db=0, with special characters of the password percent-encoded</source>
        <translation>erwartet: redis://[user:password@]host:port/db oder redis+unix:///path/to/socket?db=0, Sonderzeichen des Passworts mit Prozentzeichen kodiert</translation>
    </message>
    <message>
        <source>expected the absolute path of a folder</source>
        <translation>erwartet: der absolute Pfad eines Ordners</translation>
    </message>
    <message>
        <source>fell silent</source>
        <translation>ist verstummt</translation>
    </message>
    <message>
        <source>find out which program changes .patchpanel</source>
        <translation>herausfinden, welches Programm .patchpanel ändert</translation>
    </message>
    <message>
        <source>gates are off for this run</source>
        <translation>für diesen Lauf sind die Befehle aus</translation>
    </message>
    <message>
        <source>git could not be started: %1</source>
        <translation>git konnte nicht gestartet werden: %1</translation>
    </message>
    <message>
        <source>git did not end in time</source>
        <translation>git wurde nicht rechtzeitig fertig</translation>
    </message>
    <message>
        <source>git ended with exit code %1</source>
        <translation>git endete mit Exit-Code %1</translation>
    </message>
    <message>
        <source>git refuses the repository: %1</source>
        <translation>git lehnt das Repository ab: %1</translation>
    </message>
    <message>
        <source>give an address of this machine, for example 127.0.0.1</source>
        <translation>eine Adresse dieses Rechners angeben, zum Beispiel 127.0.0.1</translation>
    </message>
    <message>
        <source>give more of the id</source>
        <translation>mehr von der Kennung angeben</translation>
    </message>
    <message>
        <source>give the key the certificate was made with</source>
        <translation>den Schlüssel angeben, mit dem das Zertifikat gemacht wurde</translation>
    </message>
    <message>
        <source>give whoever submits it, and every worker, the same token</source>
        <translation>allen, die Aufträge geben oder ausführen, dasselbe Token geben</translation>
    </message>
    <message>
        <source>given to %1 workers, none of which finished it; the last one, %2, %3</source>
        <translation>%1 Runnern gegeben, von denen keiner fertig wurde; der letzte, %2, %3</translation>
    </message>
    <message>
        <source>groups are written $1 and ${name} here; \1 stays as it is</source>
        <translation>Gruppen schreibt man hier $1 und ${name}; \1 bleibt, wie es ist</translation>
    </message>
    <message>
        <source>half of a surrogate pair is missing</source>
        <translation>die andere Hälfte eines Surrogat-Paars fehlt</translation>
    </message>
    <message>
        <source>has a control character</source>
        <translation>enthält ein Steuerzeichen</translation>
    </message>
    <message>
        <source>has a part of more than %1 bytes</source>
        <translation>hat einen Teil mit mehr als %1 Bytes</translation>
    </message>
    <message>
        <source>has an empty part</source>
        <translation>hat einen leeren Teil</translation>
    </message>
    <message>
        <source>has ended</source>
        <translation>ist beendet</translation>
    </message>
    <message>
        <source>has the part &quot;%1&quot;</source>
        <translation>hat den Teil „%1“</translation>
    </message>
    <message>
        <source>have the certificate of the server renewed</source>
        <translation>das Zertifikat des Servers erneuern lassen</translation>
    </message>
    <message>
        <source>hunk %1</source>
        <translation>Abschnitt %1</translation>
    </message>
    <message>
        <source>hunks %1 to %2</source>
        <translation>Abschnitte %1 bis %2</translation>
    </message>
    <message>
        <source>if it is the right server, name its certificate, or that of the authority which signed it, with --tls-ca FILE</source>
        <translation>ist es der richtige Server, dann sein Zertifikat oder das der Stelle, die es unterschrieben hat, mit --tls-ca FILE nennen</translation>
    </message>
    <message>
        <source>ignored, because &quot;%1&quot; says the same</source>
        <translation>ohne Wirkung, weil „%1“ dasselbe sagt</translation>
    </message>
    <message>
        <source>is empty</source>
        <translation>ist leer</translation>
    </message>
    <message>
        <source>is longer than %1 bytes</source>
        <translation>ist länger als %1 Bytes</translation>
    </message>
    <message>
        <source>is not the end of the file</source>
        <translation>nicht das Ende der Datei ist</translation>
    </message>
    <message>
        <source>is not the stated one, and without context nothing else tells the place</source>
        <translation>nicht die genannte ist, und ohne Kontext sagt nichts anderes die Stelle</translation>
    </message>
    <message>
        <source>is not valid Unicode</source>
        <translation>ist kein gültiges Unicode</translation>
    </message>
    <message>
        <source>it failed before and is tried again in %1 ms</source>
        <translation>vorhin ging es nicht, in %1 ms folgt ein neuer Versuch</translation>
    </message>
    <message>
        <source>it goes on with its own: name none, or leave --resume out to start anew</source>
        <translation>es geht mit den eigenen weiter: keine nennen, oder ohne --resume neu anfangen</translation>
    </message>
    <message>
        <source>it has no address</source>
        <translation>ohne Adresse</translation>
    </message>
    <message>
        <source>it holds a &apos;#&apos;</source>
        <translation>sie enthält ein &apos;#&apos;</translation>
    </message>
    <message>
        <source>it is nested more than %1 levels deep</source>
        <translation>es ist mehr als %1 Ebenen tief geschachtelt</translation>
    </message>
    <message>
        <source>it is not a URL</source>
        <translation>das ist keine URL</translation>
    </message>
    <message>
        <source>it must start with redis:// or redis+unix://</source>
        <translation>sie muss mit redis:// oder redis+unix:// beginnen</translation>
    </message>
    <message>
        <source>it names a user but no password</source>
        <translation>sie nennt einen Benutzer, aber kein Passwort</translation>
    </message>
    <message>
        <source>it names no host</source>
        <translation>sie nennt keinen Host</translation>
    </message>
    <message>
        <source>its lines stand at line %1, which %2.</source>
        <translation>seine Zeilen stehen bei Zeile %1, die %2.</translation>
    </message>
    <message>
        <source>its lock cannot be kept, because Redis at %1 does not answer</source>
        <translation>die Sperre kann nicht gehalten werden, weil Redis auf %1 nicht antwortet</translation>
    </message>
    <message>
        <source>its lock ran out, and another run may have taken the workspace</source>
        <translation>die Sperre lief ab, und ein anderer Lauf hat den Arbeitsordner vielleicht genommen</translation>
    </message>
    <message>
        <source>its lock ran out, and another run took the workspace (number %1 after %2)</source>
        <translation>die Sperre lief ab, und ein anderer Lauf hat den Arbeitsordner genommen (Nummer %1 nach %2)</translation>
    </message>
    <message>
        <source>its log says why</source>
        <translation>sein Protokoll sagt, warum</translation>
    </message>
    <message>
        <source>its output could not be kept, which forceRuntimeTrace demands</source>
        <translation>seine Ausgabe konnte nicht aufbewahrt werden, was forceRuntimeTrace verlangt</translation>
    </message>
    <message>
        <source>its whole id is needed, and it is kept for a day; a job that waits has not begun yet</source>
        <translation>nötig ist die ganze Kennung, und sie wird einen Tag lang aufbewahrt; ein wartender Auftrag hat noch nicht begonnen</translation>
    </message>
    <message>
        <source>killed after %1</source>
        <translation>nach %1 gewaltsam beendet</translation>
    </message>
    <message>
        <source>larger than 1 MiB: that is no certificate</source>
        <translation>größer als 1 MiB: das ist kein Zertifikat</translation>
    </message>
    <message>
        <source>larger than 1 MiB: that is no certificate of the authority</source>
        <translation>größer als 1 MiB: das ist kein Zertifikat der Zertifizierungsstelle</translation>
    </message>
    <message>
        <source>larger than 1 MiB: that is no private key</source>
        <translation>größer als 1 MiB: das ist kein privater Schlüssel</translation>
    </message>
    <message>
        <source>leads into a folder that belongs to git or PatchPanel</source>
        <translation>führt in einen Ordner, der git oder PatchPanel gehört</translation>
    </message>
    <message>
        <source>leave --resume out to run the task again</source>
        <translation>ohne --resume läuft die Aufgabe noch einmal</translation>
    </message>
    <message>
        <source>leave --resume out to start anew</source>
        <translation>ohne --resume neu anfangen</translation>
    </message>
    <message>
        <source>leave --resume out to start one</source>
        <translation>ohne --resume damit anfangen</translation>
    </message>
    <message>
        <source>leave out --tls-ca, or install it</source>
        <translation>--tls-ca weglassen, oder es installieren</translation>
    </message>
    <message>
        <source>leave out --tls-cert and --tls-key, or install it</source>
        <translation>--tls-cert und --tls-key weglassen, oder es installieren</translation>
    </message>
    <message>
        <source>left %1 running in the background, which were ended: %2</source>
        <translation>ließ im Hintergrund %1 zurück, jetzt beendet: %2</translation>
    </message>
    <message>
        <source>left processes running</source>
        <translation>ließ Prozesse zurück</translation>
    </message>
    <message>
        <source>line %1 is %2, expected was %3.</source>
        <translation>Zeile %1 ist %2, erwartet war %3.</translation>
    </message>
    <message>
        <source>line %1 of the diff</source>
        <translation>Zeile %1 des Diffs</translation>
    </message>
    <message>
        <source>listen on 127.0.0.1, or do not turn the token off</source>
        <translation>auf 127.0.0.1 lauschen, oder das Token nicht abschalten</translation>
    </message>
    <message>
        <source>look at the workspace and the runner&apos;s history before you run it again</source>
        <translation>vor einem neuen Lauf den Arbeitsordner und den Verlauf des Runners ansehen</translation>
    </message>
    <message>
        <source>looked in the current folder and in %1</source>
        <translation>gesucht wurde im aktuellen Ordner und in %1</translation>
    </message>
    <message>
        <source>make one that is EC (prime256v1) or RSA</source>
        <translation>einen mit EC (prime256v1) oder RSA machen</translation>
    </message>
    <message>
        <source>make sure that Redis can be reached, then run the task again</source>
        <translation>dafür sorgen, dass Redis erreichbar ist, dann die Aufgabe noch einmal ausführen</translation>
    </message>
    <message>
        <source>mode changed</source>
        <translation>Rechte geändert</translation>
    </message>
    <message>
        <source>modified %1</source>
        <translation>geändert: %1</translation>
    </message>
    <message>
        <source>name a PEM file</source>
        <translation>eine PEM-Datei nennen</translation>
    </message>
    <message>
        <source>name a PEM file that this user may read</source>
        <translation>eine PEM-Datei nennen, die dieser Benutzer lesen darf</translation>
    </message>
    <message>
        <source>name a file in an existing folder that you may write to</source>
        <translation>eine Datei in einem Ordner nennen, den es gibt und in den geschrieben werden darf</translation>
    </message>
    <message>
        <source>name one with --registry URL</source>
        <translation>mit --registry URL eine nennen</translation>
    </message>
    <message>
        <source>name patterns that match one of them</source>
        <translation>Muster nennen, zu denen nur einer davon passt</translation>
    </message>
    <message>
        <source>name the file it leads to</source>
        <translation>die Datei nennen, zu der er führt</translation>
    </message>
    <message>
        <source>name the file relative to the folder</source>
        <translation>die Datei relativ zum Ordner nennen</translation>
    </message>
    <message>
        <source>no Redis server is configured</source>
        <translation>kein Redis-Server ist eingestellt</translation>
    </message>
    <message>
        <source>no TLS connection to %1: %2</source>
        <translation>keine TLS-Verbindung zu %1: %2</translation>
    </message>
    <message>
        <source>no answer from %1: %2</source>
        <translation>keine Antwort von %1: %2</translation>
    </message>
    <message>
        <source>no answer in time</source>
        <translation>keine Antwort innerhalb der Zeit</translation>
    </message>
    <message>
        <source>no further runner was tried, because too many runs were passed on of late</source>
        <translation>kein weiterer Runner wurde versucht, weil zuletzt zu viele Läufe weitergereicht wurden</translation>
    </message>
    <message>
        <source>no pipe could be made: %1</source>
        <translation>keine Pipe konnte gemacht werden: %1</translation>
    </message>
    <message>
        <source>no process could be made: %1</source>
        <translation>kein Prozess konnte gestartet werden: %1</translation>
    </message>
    <message>
        <source>no run %1 is known</source>
        <translation>ein Lauf %1 ist nicht bekannt</translation>
    </message>
    <message>
        <source>no run %1 of this process is known</source>
        <translation>ein Lauf %1 dieses Prozesses ist nicht bekannt</translation>
    </message>
    <message>
        <source>no runner has told Redis of a run %1</source>
        <translation>kein Runner hat Redis von einem Lauf %1 berichtet</translation>
    </message>
    <message>
        <source>none is registered</source>
        <translation>keiner ist angemeldet</translation>
    </message>
    <message>
        <source>not a regular file</source>
        <translation>keine gewöhnliche Datei</translation>
    </message>
    <message>
        <source>not asked for</source>
        <translation>nicht verlangt</translation>
    </message>
    <message>
        <source>not committed, as commits are off</source>
        <translation>ohne Commit, weil Commits aus sind</translation>
    </message>
    <message>
        <source>not committed: %1</source>
        <translation>ohne Commit: %1</translation>
    </message>
    <message>
        <source>not needed</source>
        <translation>nicht nötig</translation>
    </message>
    <message>
        <source>not started: %1</source>
        <translation>nicht gestartet: %1</translation>
    </message>
    <message>
        <source>not started: the folder %1 cannot be used: %2</source>
        <translation>nicht gestartet: der Ordner %1 kann nicht benutzt werden: %2</translation>
    </message>
    <message>
        <source>not valid JSON: %1</source>
        <translation>kein gültiges JSON: %1</translation>
    </message>
    <message>
        <source>nothing listens on %1</source>
        <translation>auf %1 lauscht niemand</translation>
    </message>
    <message>
        <source>nothing to change</source>
        <translation>nichts zu ändern</translation>
    </message>
    <message>
        <source>nothing was heard of run %1 for a minute: a command may take long, or the runner is gone</source>
        <translation>seit einer Minute ist von Lauf %1 nichts zu hören: vielleicht dauert ein Befehl lange, oder der Runner ist weg</translation>
    </message>
    <message>
        <source>one of create, update, upsert, replace, insert, diff, move, copy, delete, chmod</source>
        <translation>eines von create, update, upsert, replace, insert, diff, move, copy, delete, chmod</translation>
    </message>
    <message>
        <source>openssl pkey -in FILE -out PLAINFILE takes it off; keep the file to yourself</source>
        <translation>openssl pkey -in FILE -out PLAINFILE nimmt sie weg; die Datei für sich behalten</translation>
    </message>
    <message>
        <source>others take the workspace all the time</source>
        <translation>andere nehmen den Arbeitsordner immer wieder</translation>
    </message>
    <message>
        <source>out of memory</source>
        <translation>kein Arbeitsspeicher mehr</translation>
    </message>
    <message>
        <source>patterns are relative to %1; put them in quotes, so that the shell leaves them alone</source>
        <translation>Muster sind relativ zu %1; in Anführungszeichen lässt die Shell sie in Ruhe</translation>
    </message>
    <message>
        <source>port %1 on %2 is in use</source>
        <translation>Port %1 auf %2 ist belegt</translation>
    </message>
    <message>
        <source>port %1 on %2 is in use by pid %3 (%4)</source>
        <translation>Port %1 auf %2 ist belegt von Prozess %3 (%4)</translation>
    </message>
    <message>
        <source>put it into the workspace of the runner</source>
        <translation>sie in den Arbeitsordner des Runners legen</translation>
    </message>
    <message>
        <source>read as: replace every match; &quot;.&quot; matches line ends; groups are \1 and \g&lt;name&gt;</source>
        <translation>gelesen als: jede Fundstelle ersetzen; &quot;.&quot; passt auf Zeilenenden; Gruppen sind \1 und \g&lt;name&gt;</translation>
    </message>
    <message>
        <source>rediss:// needs TLS, which is not built into this version of PatchPanel</source>
        <translation>rediss:// braucht TLS, das in diese Version von PatchPanel nicht eingebaut ist</translation>
    </message>
    <message>
        <source>remove it; PatchPanel makes its own</source>
        <translation>entfernen; PatchPanel legt es selbst an</translation>
    </message>
    <message>
        <source>resume it with the program that wrote it</source>
        <translation>mit dem Programm weitermachen, das sie geschrieben hat</translation>
    </message>
    <message>
        <source>run %1 has ended: %2</source>
        <translation>Lauf %1 ist beendet: %2</translation>
    </message>
    <message>
        <source>run %1 has no report yet</source>
        <translation>Lauf %1 hat noch keinen Bericht</translation>
    </message>
    <message>
        <source>run %1 has not ended</source>
        <translation>Lauf %1 ist noch nicht beendet</translation>
    </message>
    <message>
        <source>run %1 is not one of this process</source>
        <translation>Lauf %1 ist keiner dieses Prozesses</translation>
    </message>
    <message>
        <source>run %1 of %2</source>
        <translation>Lauf %1 von %2</translation>
    </message>
    <message>
        <source>run the task again</source>
        <translation>die Aufgabe noch einmal ausführen</translation>
    </message>
    <message>
        <source>run the task again once Redis answers</source>
        <translation>die Aufgabe noch einmal ausführen, sobald Redis antwortet</translation>
    </message>
    <message>
        <source>running it again would change the next match</source>
        <translation>ein weiterer Lauf würde die nächste Fundstelle ändern</translation>
    </message>
    <message>
        <source>send the header &quot;Authorization: Bearer TOKEN&quot;</source>
        <translation>die Kopfzeile &quot;Authorization: Bearer TOKEN&quot; senden</translation>
    </message>
    <message>
        <source>send the run to another runner</source>
        <translation>den Lauf an einen anderen Runner geben</translation>
    </message>
    <message>
        <source>set a token</source>
        <translation>ein Token setzen</translation>
    </message>
    <message>
        <source>several runs begin with &quot;%1&quot;</source>
        <translation>mehrere Läufe beginnen mit „%1“</translation>
    </message>
    <message>
        <source>start it with &quot;patchpanel serve&quot;; nothing was started</source>
        <translation>ihn mit &quot;patchpanel serve&quot; starten; nichts wurde gestartet</translation>
    </message>
    <message>
        <source>start it with --workspace and that folder, or one above it</source>
        <translation>ihn mit --workspace und diesem Ordner oder einem darüber starten</translation>
    </message>
    <message>
        <source>start one with &quot;patchpanel serve&quot;, or name another with --registry URL</source>
        <translation>eine mit &quot;patchpanel serve&quot; starten, oder mit --registry URL eine andere nennen</translation>
    </message>
    <message>
        <source>start one with &quot;patchpanel serve&quot;; &quot;patchpanel services&quot; shows who is there</source>
        <translation>einen mit &quot;patchpanel serve&quot; starten; &quot;patchpanel services&quot; zeigt, wer da ist</translation>
    </message>
    <message>
        <source>start one with &quot;patchpanel serve&quot;; nothing was started</source>
        <translation>einen mit &quot;patchpanel serve&quot; starten; nichts wurde gestartet</translation>
    </message>
    <message>
        <source>start with --redis redis://host:port/db to cache results</source>
        <translation>mit --redis redis://host:port/db starten, um Ergebnisse aufzubewahren</translation>
    </message>
    <message>
        <source>stop it, or choose another port with --%1-port</source>
        <translation>es beenden, oder mit --%1-port einen anderen Port wählen</translation>
    </message>
    <message>
        <source>stop that program, or choose another port</source>
        <translation>jenes Programm beenden, oder einen anderen Port wählen</translation>
    </message>
    <message>
        <source>the Redis address cannot be read: %1</source>
        <translation>die Adresse von Redis kann nicht gelesen werden: %1</translation>
    </message>
    <message>
        <source>the anchor is not found: insert skipped, as the task says</source>
        <translation>der Anker ist nicht zu finden: nichts eingefügt, wie die Aufgabe sagt</translation>
    </message>
    <message>
        <source>the anchor is not found: the fallback was used</source>
        <translation>der Anker ist nicht zu finden: der fallback wurde genommen</translation>
    </message>
    <message>
        <source>the certificate of %1 is not trusted: %2</source>
        <translation>das Zertifikat von %1 ist nicht vertrauenswürdig: %2</translation>
    </message>
    <message>
        <source>the database must be a number from 0 up</source>
        <translation>die Datenbank muss eine Zahl ab 0 sein</translation>
    </message>
    <message>
        <source>the diff changes %1, not %2</source>
        <translation>der Diff ändert %1, nicht %2</translation>
    </message>
    <message>
        <source>the diff names %1 and %2; only this one exists</source>
        <translation>der Diff nennt %1 und %2; nur diese Datei gibt es</translation>
    </message>
    <message>
        <source>the end of the file</source>
        <translation>das Ende der Datei</translation>
    </message>
    <message>
        <source>the event stream of %1 went silent</source>
        <translation>der Ereignisstrom von %1 ist verstummt</translation>
    </message>
    <message>
        <source>the fan-out could not be resumed without it</source>
        <translation>ohne sie könnte danach nicht weitergemacht werden</translation>
    </message>
    <message>
        <source>the fan-out was started with other options</source>
        <translation>die Läufe wurden mit anderen Optionen begonnen</translation>
    </message>
    <message>
        <source>the file ends after line %1, expected was %2.</source>
        <translation>die Datei endet nach Zeile %1, erwartet war %2.</translation>
    </message>
    <message>
        <source>the history knows no run %1</source>
        <translation>der Verlauf kennt keinen Lauf %1</translation>
    </message>
    <message>
        <source>the host name %1 is not known</source>
        <translation>der Hostname %1 ist nicht bekannt</translation>
    </message>
    <message>
        <source>the host name %1 was not resolved in time</source>
        <translation>der Hostname %1 wurde nicht rechtzeitig aufgelöst</translation>
    </message>
    <message>
        <source>the host of %1 is not known</source>
        <translation>der Host von %1 ist nicht bekannt</translation>
    </message>
    <message>
        <source>the job is not signed with the token of this runner</source>
        <translation>der Auftrag ist nicht mit dem Token dieses Runners unterschrieben</translation>
    </message>
    <message>
        <source>the key &quot;%1&quot; is not known and has no effect</source>
        <translation>der Schlüssel „%1“ ist nicht bekannt und bewirkt nichts</translation>
    </message>
    <message>
        <source>the list of the paths cannot be written: %1</source>
        <translation>die Liste der Pfade kann nicht geschrieben werden: %1</translation>
    </message>
    <message>
        <source>the lock file is replaced all the time</source>
        <translation>die Sperrdatei wird immer wieder ersetzt</translation>
    </message>
    <message>
        <source>the name of a file beside the task</source>
        <translation>der Name einer Datei neben der Aufgabe</translation>
    </message>
    <message>
        <source>the old file was written to after the run had put it away: that version comes back</source>
        <translation>in die alte Datei wurde geschrieben, nachdem der Lauf sie weggelegt hatte: diese Fassung kommt zurück</translation>
    </message>
    <message>
        <source>the only parameter known after &apos;?&apos; is db</source>
        <translation>nach &apos;?&apos; ist nur db bekannt</translation>
    </message>
    <message>
        <source>the path of a file</source>
        <translation>der Pfad einer Datei</translation>
    </message>
    <message>
        <source>the port must be a number from 1 to 65535</source>
        <translation>der Port muss eine Zahl von 1 bis 65535 sein</translation>
    </message>
    <message>
        <source>the private key has a pass phrase, which nobody is asked for</source>
        <translation>der private Schlüssel hat ein Passwort, nach dem niemand gefragt wird</translation>
    </message>
    <message>
        <source>the private key is not that of the certificate %1</source>
        <translation>der private Schlüssel gehört nicht zum Zertifikat %1</translation>
    </message>
    <message>
        <source>the process that watched over it was killed</source>
        <translation>der Prozess, der darüber wachte, wurde gewaltsam beendet</translation>
    </message>
    <message>
        <source>the record of the fan-out has version %1; this program reads version %2</source>
        <translation>die Aufzeichnung der Läufe hat Version %1; dieses Programm liest Version %2</translation>
    </message>
    <message>
        <source>the record of the fan-out is too large</source>
        <translation>die Aufzeichnung der Läufe ist zu groß</translation>
    </message>
    <message>
        <source>the record of the fan-out lacks its task or workspaces</source>
        <translation>der Aufzeichnung der Läufe fehlen Aufgabe oder Arbeitsordner</translation>
    </message>
    <message>
        <source>the replacement stands in front of the %1 match(es) of %2: taken as replaced already</source>
        <translation>der neue Text steht schon vor den %1 Fundstelle(n) von %2: gilt als schon ersetzt</translation>
    </message>
    <message>
        <source>the report of run %1 is gone</source>
        <translation>der Bericht von Lauf %1 ist nicht mehr da</translation>
    </message>
    <message>
        <source>the request was dropped without an answer</source>
        <translation>die Anfrage wurde ohne Antwort fallen gelassen</translation>
    </message>
    <message>
        <source>the run was cancelled</source>
        <translation>der Lauf wurde abgebrochen</translation>
    </message>
    <message>
        <source>the server answered with status %1</source>
        <translation>der Server antwortete mit dem Status %1</translation>
    </message>
    <message>
        <source>the server failed on this request</source>
        <translation>der Server ist an dieser Anfrage gescheitert</translation>
    </message>
    <message>
        <source>the shared workspace cannot be locked: %1</source>
        <translation>der gemeinsame Arbeitsordner kann nicht gesperrt werden: %1</translation>
    </message>
    <message>
        <source>the socket must be an absolute path, with three slashes after the colon</source>
        <translation>der Socket muss ein absoluter Pfad sein, mit drei Schrägstrichen nach dem Doppelpunkt</translation>
    </message>
    <message>
        <source>the string has bytes that are not UTF-8</source>
        <translation>der Text enthält Bytes, die kein UTF-8 sind</translation>
    </message>
    <message>
        <source>the string that begins here has no end</source>
        <translation>der Text, der hier beginnt, hat kein Ende</translation>
    </message>
    <message>
        <source>the task file is empty</source>
        <translation>die Aufgabendatei ist leer</translation>
    </message>
    <message>
        <source>the task file was changed since the fan-out began</source>
        <translation>die Aufgabendatei wurde seit dem Beginn der Läufe geändert</translation>
    </message>
    <message>
        <source>the task has no commands</source>
        <translation>die Aufgabe hat keine Befehle</translation>
    </message>
    <message>
        <source>the task is not a file</source>
        <translation>die Aufgabe ist keine Datei</translation>
    </message>
    <message>
        <source>the task, with the files that it needs, is too large to be sent to a runner: %1 bytes, at most %2 are taken</source>
        <translation>die Aufgabe mit den Dateien, die sie braucht, ist zu groß, um sie an einen Runner zu senden: %1 Bytes, höchstens %2 gehen</translation>
    </message>
    <message>
        <source>the text ends where a value is expected</source>
        <translation>der Text endet, wo ein Wert erwartet wird</translation>
    </message>
    <message>
        <source>the token is missing or wrong</source>
        <translation>das Token fehlt oder ist falsch</translation>
    </message>
    <message>
        <source>the undo slots of run %1 cannot be removed: another run works in its workspace, or the system refuses</source>
        <translation>die gesicherten Fassungen von Lauf %1 können nicht entfernt werden: ein anderer Lauf arbeitet in seinem Arbeitsordner, oder das System weigert sich</translation>
    </message>
    <message>
        <source>the version from before the run is in .patchpanel/%1/slot/%2</source>
        <translation>die Fassung von vor dem Lauf liegt in .patchpanel/%1/slot/%2</translation>
    </message>
    <message>
        <source>the workspace has more than %1 files, or a folder that cannot be read</source>
        <translation>der Arbeitsordner hat mehr als %1 Dateien, oder einen Ordner, der nicht gelesen werden kann</translation>
    </message>
    <message>
        <source>the workspace is in use by %1</source>
        <translation>der Arbeitsordner ist belegt von %1</translation>
    </message>
    <message>
        <source>the workspace must be a folder that this user can write</source>
        <translation>der Arbeitsordner muss ein Ordner sein, in den dieser Benutzer schreiben kann</translation>
    </message>
    <message>
        <source>there is more text after the end of the JSON value</source>
        <translation>nach dem Ende des JSON-Werts folgt noch Text</translation>
    </message>
    <message>
        <source>there is no PEM certificate in it</source>
        <translation>darin ist kein PEM-Zertifikat</translation>
    </message>
    <message>
        <source>there is no PEM private key in it</source>
        <translation>darin ist kein privater PEM-Schlüssel</translation>
    </message>
    <message>
        <source>there is no fan-out to go on with</source>
        <translation>es gibt keine Läufe, mit denen weitergemacht werden könnte</translation>
    </message>
    <message>
        <source>there is no file %1 in %2</source>
        <translation>es gibt keine Datei %1 in %2</translation>
    </message>
    <message>
        <source>there is no folder %1</source>
        <translation>es gibt keinen Ordner %1</translation>
    </message>
    <message>
        <source>there is no such task file</source>
        <translation>eine solche Aufgabendatei gibt es nicht</translation>
    </message>
    <message>
        <source>there is nothing at %1</source>
        <translation>unter %1 gibt es nichts</translation>
    </message>
    <message>
        <source>there is nothing to go on with: the fan-out of %1, of %2, is done in all %3 workspaces</source>
        <translation>es gibt nichts weiterzumachen: %1, begonnen am %2, ist in allen %3 Arbeitsordnern erledigt</translation>
    </message>
    <message>
        <source>this escape does not exist in JSON</source>
        <translation>dieses Zeichen nach \ gibt es in JSON nicht</translation>
    </message>
    <message>
        <source>this fan-out is in progress in another process</source>
        <translation>diese Läufe sind in einem anderen Prozess im Gang</translation>
    </message>
    <message>
        <source>this is no record of a fan-out, or its first line is damaged</source>
        <translation>dies ist keine Aufzeichnung solcher Läufe, oder ihre erste Zeile ist beschädigt</translation>
    </message>
    <message>
        <source>this kind of private key cannot be used</source>
        <translation>ein privater Schlüssel dieser Art kann nicht benutzt werden</translation>
    </message>
    <message>
        <source>this runner was not started for the workspace %1</source>
        <translation>dieser Runner wurde nicht für den Arbeitsordner %1 gestartet</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true oder false</translation>
    </message>
    <message>
        <source>try again later</source>
        <translation>es später noch einmal versuchen</translation>
    </message>
    <message>
        <source>try again when no run is in progress there</source>
        <translation>es noch einmal versuchen, wenn dort kein Lauf im Gang ist</translation>
    </message>
    <message>
        <source>use a name or address that the certificate is for (%1), or have one made for this name</source>
        <translation>einen Namen oder eine Adresse nehmen, für die das Zertifikat gilt (%1), oder eines für diesen Namen machen lassen</translation>
    </message>
    <message>
        <source>use https://, or add --plaintext if the network is trusted</source>
        <translation>https:// nehmen, oder --plaintext angeben, wenn dem Netz zu trauen ist</translation>
    </message>
    <message>
        <source>use redis:// on a trusted network, or a TLS tunnel on this machine</source>
        <translation>redis:// in einem vertrauenswürdigen Netz nehmen, oder einen TLS-Tunnel auf diesem Rechner</translation>
    </message>
    <message>
        <source>use the token it was started with; its user finds it with &quot;patchpanel token&quot;</source>
        <translation>das Token nehmen, mit dem der Dienst gestartet wurde; sein Benutzer findet es mit &quot;patchpanel token&quot;</translation>
    </message>
    <message>
        <source>wait for its end, or end that process</source>
        <translation>sein Ende abwarten, oder jenen Prozess beenden</translation>
    </message>
    <message>
        <source>wait until it ends, or cancel it</source>
        <translation>sein Ende abwarten, oder ihn abbrechen</translation>
    </message>
    <message>
        <source>wait until they are back, or start another with &quot;patchpanel serve&quot;</source>
        <translation>warten, bis sie wieder da sind, oder mit &quot;patchpanel serve&quot; einen weiteren starten</translation>
    </message>
    <message>
        <source>with the folder %1</source>
        <translation>mit dem Ordner %1</translation>
    </message>
    <message>
        <source>without line ending</source>
        <translation>ohne Zeilenende</translation>
    </message>
    <message>
        <source>write it like /their/root=. or /their/root/lib=lib</source>
        <translation>schreiben wie /their/root=. oder /their/root/lib=lib</translation>
    </message>
    <message>
        <source>write it like http://127.0.0.1:5050/health</source>
        <translation>schreiben wie http://127.0.0.1:5050/health</translation>
    </message>
    <message>
        <source>wrote to stderr</source>
        <translation>schrieb nach stderr</translation>
    </message>
    <message>
        <source>zlib cannot be started.</source>
        <translation>zlib kann nicht gestartet werden.</translation>
    </message>
    <message>
        <source>Cancelled after an earlier run was taken back</source>
        <translation>Abgebrochen, nachdem ein früherer Lauf zurückgenommen war</translation>
    </message>
    <message>
        <source>look at the workspace: it may have run there</source>
        <translation>den Arbeitsordner ansehen: Vielleicht ist er dort gelaufen</translation>
    </message>
    <message>
        <source>%1 was sent this run long ago and may have forgotten it</source>
        <translation>%1 bekam diesen Lauf vor langer Zeit und hat ihn vielleicht vergessen</translation>
    </message>
    <message>
        <source>Only %1 knows what became of this run, and it is not up</source>
        <translation>Nur %1 weiß, was aus diesem Lauf wurde, und ist nicht da</translation>
    </message>
    <message>
        <source>start it again with its profile and resume then; or look at the workspace</source>
        <translation>ihn mit seinem Profil neu starten und dann fortsetzen; oder den Arbeitsordner ansehen</translation>
    </message>
    <message>
        <source>submit it anew</source>
        <translation>ihn neu einreihen</translation>
    </message>
    <message>
        <source>the job says that this is its attempt %1</source>
        <translation>der Auftrag gibt an, dies sei sein Versuch %1</translation>
    </message>
</context>
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
    <message>
        <source>the example was not made: %1</source>
        <translation>das Beispiel wurde nicht angelegt: %1</translation>
    </message>
    <message>
        <source>make room or give yourself the right to write there</source>
        <translation>dort Platz schaffen, oder sich das Recht geben, dort zu schreiben</translation>
    </message>
    <message>
        <source>there is something else in its place</source>
        <translation>an seiner Stelle liegt etwas anderes</translation>
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
    <name>PatchPanel::Ui::LogSaver</name>
    <message>
        <source>the log was not saved: %1</source>
        <translation>das Protokoll wurde nicht gespeichert: %1</translation>
    </message>
    <message>
        <source>choose another file, or free space there</source>
        <translation>bitte eine andere Datei wählen oder dort Platz schaffen</translation>
    </message>
    <message>
        <source>the log was not saved: it was given up</source>
        <translation>das Protokoll wurde nicht gespeichert: es wurde aufgegeben</translation>
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
