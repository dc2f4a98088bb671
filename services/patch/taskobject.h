#pragma once

#include "services/patch/jsonreader.h"
#include "services/patch/taskproblems.h"

#include <initializer_list>
#include <optional>

namespace PatchPanel::Patch {

// The word most like `word`, when one is like it: what was meant by a misspelt key.
QByteArray nearestWord(const QByteArray &word, const QList<QByteArray> &known);

// Reads the members of one JSON object of a task. Remembers which keys were asked for: what is left over in the end is
// unknown. A member of the wrong type is a problem and counts as missing.
class TaskObject {
public:
    using Keys = std::initializer_list<const char *>; // synonyms, the preferred one first

    TaskObject(const JsonNode &object, const QString &pointer, TaskProblems &problems);

    const JsonNode &node() const { return m_object; }
    const QString &pointer() const { return m_pointer; }
    TaskProblems &problems() const { return m_problems; }

    // The first of the synonyms that is there and not null; a warning when there are several.
    const JsonNode *take(Keys keys);
    // The key that take() found last, for messages.
    QString takenPointer() const { return pointerTo(m_pointer, m_takenKey); }

    QString text(Keys keys); // a string, or a number as written
    std::optional<QByteArray> bytes(Keys keys); // a string, as UTF-8
    std::optional<bool> boolean(Keys keys);
    std::optional<int> integer(Keys keys, int smallest);
    QList<QString> texts(Keys keys); // a list of strings, or one string

    void expect(const JsonNode &node, const QString &expected); // a problem: the type is another
    // A problem of the value that take() found last.
    void invalid(const JsonNode &node, const QString &message, const QString &hint = {}, const QString &expected = {});
    void conflict(const QString &message, const QString &hint = {}); // keys that exclude each other
    void missing(const QString &what, const QString &hint = {});

    // Whether the member is there and not null, without taking it.
    bool has(const char *key) const;

    // Warns of every key that was not asked for, naming the nearest that was.
    void warnUnknown();
    // The members that were not asked for.
    QList<const JsonMember *> unknown() const;

private:
    const JsonNode &m_object;
    QString m_pointer;
    TaskProblems &m_problems;
    QList<QByteArray> m_known;
    QByteArray m_takenKey;
};

} // namespace PatchPanel::Patch
