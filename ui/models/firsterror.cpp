#include "ui/models/firsterror.h"

#include "services/log/ansitext.h"
#include "ui/models/logrows.h"
#include "ui/models/textmatcher.h"

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr qsizetype rowsBetweenLooks = 256; // at the clock
constexpr qsizetype examinedBytes = 4096; // of a line

} // namespace

FirstError::FirstError(const LogRows &rows, QByteArray runId, Phase phase)
    : m_rows(rows)
    , m_runId(std::move(runId))
    , m_phase(phase)
    , m_commandLead(QByteArrayLiteral("[") + logTag(phase) + "] $ ")
{
}

bool FirstError::advance(const QDeadlineTimer &deadline)
{
    m_next = std::max(m_next, m_rows.first());
    QByteArray shown;
    while (m_next < m_rows.end() && !m_found[Named] && !deadline.hasExpired()) {
        const qsizetype end = std::min(m_rows.end(), m_next + rowsBetweenLooks);
        m_rows.visit(m_next, end, [&](qsizetype row, const Log::LineBatch &lines, qsizetype index) {
            if (lines.phase(index) != m_phase || lines.runId(index) != m_runId) {
                return true;
            }
            if (!m_firstRow) {
                m_firstRow = row;
            }
            const Log::Level level = lines.level(index);
            if (level >= Log::Level::Warning) {
                std::optional<qsizetype> &found = m_found[level == Log::Level::Error ? Logged : OnStderr];
                found = found.value_or(row);
            }
            QByteArrayView text = lines.text(index);
            text = text.first(std::min(text.size(), examinedBytes));
            if (!lines.isPlain(index)) {
                shown.clear();
                Log::appendShownText(shown, text);
                text = shown;
            }
            if (level != Log::Level::Error && !text.startsWith(m_commandLead) && namesError(text)) {
                m_found[Named] = row;
            }
            return !m_found[Named];
        });
        m_next = end;
    }
    return m_next >= m_rows.end() || m_found[Named];
}

std::optional<qsizetype> FirstError::row() const
{
    const auto best = std::find_if(m_found.begin(), m_found.end(), [](const auto &found) { return found.has_value(); });
    return best == m_found.end() ? std::nullopt : *best;
}

bool FirstError::namesError(QByteArrayView utf8)
{
    static const TextMatcher matcher(
        QStringLiteral(R"((?i:\b(?:error|fatal)(?:\s?\[\w+\]|\s[a-z]+\d+)?:))" // compilers, git
                       R"(|\b\w+(?:Error|Exception)\b:|\bTraceback \(most recent call last\))" // interpreters
                       R"(|^(?:\[[A-Z]+\] )?[\s*-]*(?:ERROR|FAIL|FAILED|FAILURE|FATAL)\b|^(?:\[[A-Z]+\] )?not ok \d)"),
        TextMatcher::Options(TextMatcher::Regex) | TextMatcher::CaseSensitive);
    return matcher.isIn(utf8);
}

} // namespace PatchPanel::Ui
