#include "services/patch/taskobject.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace PatchPanel::Patch {

namespace {

// Levenshtein's distance, a swap of neighbours counted as one edit.
int editDistance(QByteArrayView left, QByteArrayView right)
{
    const auto width = static_cast<std::size_t>(right.size()) + 1;
    std::vector<int> beforeLast(width);
    std::vector<int> last(width);
    std::vector<int> row(width);
    std::iota(last.begin(), last.end(), 0);
    for (qsizetype i = 1; i <= left.size(); ++i) {
        row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j < width; ++j) {
            const auto at = static_cast<qsizetype>(j);
            const int change = left[i - 1] == right[at - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
            if (i > 1 && at > 1 && left[i - 1] == right[at - 2] && left[i - 2] == right[at - 1]) {
                row[j] = std::min(row[j], beforeLast[j - 2] + 1);
            }
        }
        std::swap(beforeLast, last);
        std::swap(last, row);
    }
    return last[width - 1];
}

} // namespace

QByteArray nearestWord(const QByteArray &word, const QList<QByteArray> &known)
{
    constexpr qsizetype longestKey = 64;
    if (word.size() > longestKey) {
        return {};
    }
    QByteArray best;
    int bestDistance = std::max(1, static_cast<int>(word.size()) / 3) + 1;
    for (const QByteArray &candidate : known) {
        const int distance = editDistance(word.toLower(), candidate.toLower());
        if (distance < bestDistance) {
            best = candidate;
            bestDistance = distance;
        }
    }
    return best;
}

TaskObject::TaskObject(const JsonNode &object, const QString &pointer, TaskProblems &problems)
    : m_object(object)
    , m_pointer(pointer)
    , m_problems(problems)
{
}

const JsonNode *TaskObject::take(Keys keys)
{
    const JsonNode *taken = nullptr;
    for (const char *key : keys) {
        m_known.append(key);
        const JsonNode *node = m_object.find(key);
        if (!node || node->isNull()) {
            continue;
        }
        if (taken) {
            m_problems.warn(ProblemCode::RedundantKey, pointerTo(m_pointer, QByteArrayView(key)), node->offset,
                            QStringLiteral("ignored, because \"%1\" says the same").arg(QString::fromUtf8(m_takenKey)));
            continue;
        }
        taken = node;
        m_takenKey = key;
    }
    return taken;
}

void TaskObject::expect(const JsonNode &node, const QString &expected)
{
    m_problems.add(ProblemCode::WrongType, takenPointer(), node.offset,
                   QStringLiteral("Expected %1, found %2.").arg(expected, node.kindName()), {}, expected);
}

void TaskObject::invalid(const JsonNode &node, const QString &message, const QString &hint, const QString &expected)
{
    m_problems.add(ProblemCode::InvalidValue, takenPointer(), node.offset, message, hint, expected);
}

void TaskObject::conflict(const QString &message, const QString &hint)
{
    m_problems.add(ProblemCode::ConflictingKeys, m_pointer, m_object.offset, message, hint);
}

bool TaskObject::has(const char *key) const
{
    const JsonNode *node = m_object.find(key);
    return node && !node->isNull();
}

void TaskObject::missing(const QString &what, const QString &hint)
{
    m_problems.add(ProblemCode::MissingKey, m_pointer, m_object.offset, QStringLiteral("%1 is missing.").arg(what),
                   hint, what);
}

QString TaskObject::text(Keys keys)
{
    const JsonNode *node = take(keys);
    if (node && !node->isString() && node->kind != JsonNode::Kind::Number) {
        expect(*node, QStringLiteral("a string"));
        return {};
    }
    return node ? node->string() : QString();
}

std::optional<QByteArray> TaskObject::bytes(Keys keys)
{
    const JsonNode *node = take(keys);
    if (node && !node->isString()) {
        expect(*node, QStringLiteral("a string"));
        return std::nullopt;
    }
    // An empty string is a value: it must not become a null one.
    return node ? std::optional(node->text.isNull() ? QByteArray("") : node->text) : std::nullopt;
}

std::optional<bool> TaskObject::boolean(Keys keys)
{
    const JsonNode *node = take(keys);
    if (node && !node->isBool()) {
        expect(*node, QStringLiteral("true or false"));
        return std::nullopt;
    }
    return node ? std::optional(node->boolean) : std::nullopt;
}

std::optional<int> TaskObject::integer(Keys keys, int smallest)
{
    const JsonNode *node = take(keys);
    if (!node) {
        return std::nullopt;
    }
    const bool whole = node->kind == JsonNode::Kind::Number && std::floor(node->number) == node->number
        && node->number >= smallest && node->number <= std::numeric_limits<int>::max();
    if (!whole) {
        const QString expected = QStringLiteral("a whole number of at least %1").arg(smallest);
        m_problems.add(node->kind == JsonNode::Kind::Number ? ProblemCode::InvalidValue : ProblemCode::WrongType,
                       takenPointer(), node->offset,
                       QStringLiteral("Expected %1, found %2.")
                           .arg(expected, node->kind == JsonNode::Kind::Number ? node->string() : node->kindName()),
                       {}, expected);
        return std::nullopt;
    }
    return static_cast<int>(node->number);
}

QList<QString> TaskObject::texts(Keys keys)
{
    const JsonNode *node = take(keys);
    if (!node) {
        return {};
    }
    if (node->isString()) {
        return {node->string()};
    }
    if (!node->isArray()) {
        expect(*node, QStringLiteral("a list of strings"));
        return {};
    }
    QList<QString> texts;
    for (const JsonNode &item : node->items) {
        if (item.isString()) {
            texts.append(item.string());
        } else {
            expect(item, QStringLiteral("a list of strings"));
        }
    }
    return texts;
}

QList<const JsonMember *> TaskObject::unknown() const
{
    QList<const JsonMember *> members;
    for (const JsonMember &member : m_object.members) {
        if (!m_known.contains(member.key)) {
            members.append(&member);
        }
    }
    return members;
}

void TaskObject::warnUnknown()
{
    const QList<const JsonMember *> members = unknown();
    constexpr qsizetype mostGuesses = 100; // a guess costs a comparison with every known key
    for (qsizetype i = 0; i < members.size(); ++i) {
        const QByteArray &key = members.at(i)->key;
        const QByteArray meant = i < mostGuesses ? nearestWord(key, m_known) : QByteArray();
        m_problems.warn(ProblemCode::UnknownKey, pointerTo(m_pointer, key), members.at(i)->keyOffset,
                        QStringLiteral("the key \"%1\" is not known and has no effect").arg(QString::fromUtf8(key)),
                        meant.isEmpty() ? QString()
                                        : QStringLiteral("did you mean \"%1\"?").arg(QString::fromUtf8(meant)));
    }
}

} // namespace PatchPanel::Patch
