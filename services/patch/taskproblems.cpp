#include "services/patch/taskproblems.h"

#include <algorithm>

namespace PatchPanel::Patch {

namespace {

constexpr qsizetype longestToken = 60;

bool endsToken(char c)
{
    return QByteArrayView(" \t\r\n,:}]").contains(c);
}

qsizetype tokenLength(QByteArrayView text)
{
    if (text.startsWith('{') || text.startsWith('[')) {
        const qsizetype lineEnd = text.indexOf('\n');
        return lineEnd < 0 ? text.size() : lineEnd;
    }
    if (!text.startsWith('"')) {
        return std::find_if(text.begin(), text.end(), endsToken) - text.begin();
    }
    for (qsizetype i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            return i + 1;
        }
        i += text[i] == '\\' ? 1 : 0;
    }
    return text.size();
}

} // namespace

TaskProblems::TaskProblems(QByteArrayView source, Warnings warnings)
    : m_source(source)
    , m_allowed(warnings)
{
}

void TaskProblems::add(ProblemCode code, const QString &pointer, qsizetype offset, const QString &message,
                       const QString &hint, const QString &expected)
{
    TaskProblem problem = located(code, pointer, offset, message);
    problem.hint = hint;
    problem.expected = expected;
    m_problems.append(problem);
}

void TaskProblems::add(const Error &error, const QString &pointer, qsizetype offset, ProblemCode code)
{
    const bool isPath = error.code == ErrorCode::UnsafePath || error.code == ErrorCode::OutsideWorkspace;
    const QString place = error.where.isEmpty() || isPath ? QString() : error.where + QStringLiteral(": ");
    const ProblemCode own = error.code == ErrorCode::UnsafePath ? ProblemCode::UnsafePath
        : error.code == ErrorCode::OutsideWorkspace             ? ProblemCode::OutsideWorkspace
                                                                : code;
    const int line = error.details.value(QStringLiteral("line")).toInt();
    if (offset >= 0 || line == 0) {
        add(own, pointer, offset, place + error.message, error.hint);
        return;
    }
    // The source itself is the diff that the error is about.
    TaskProblem problem = located(own, pointer, -1, error.message);
    problem.hint = error.hint;
    problem.line = line;
    problem.column = 1;
    m_problems.append(problem);
}

void TaskProblems::warn(ProblemCode code, const QString &pointer, qsizetype offset, const QString &message,
                        const QString &hint)
{
    TaskProblem problem = located(code, pointer, offset, message);
    problem.hint = hint;
    if (m_allowed == Warnings::Refused) {
        m_problems.append(problem);
        return;
    }
    problem.severity = Severity::Warning;
    m_warnings.append(problem);
}

void TaskProblems::note(const QString &pointer, qsizetype offset, const QString &message)
{
    TaskProblem problem = located(ProblemCode::Reading, pointer, offset, message);
    problem.severity = Severity::Note;
    m_warnings.append(problem);
}

TaskProblem TaskProblems::located(ProblemCode code, const QString &pointer, qsizetype offset, const QString &message)
{
    TaskProblem problem;
    problem.code = code;
    problem.pointer = pointer;
    problem.message = message;
    if (offset >= 0) {
        locate(problem, offset);
        problem.found = tokenAt(offset);
    }
    return problem;
}

// By a table of line starts: a file can have as many problems as lines.
void TaskProblems::locate(TaskProblem &problem, qsizetype offset)
{
    if (m_lineStarts.empty()) {
        m_lineStarts.push_back(0);
        for (qsizetype at = m_source.indexOf('\n'); at >= 0; at = m_source.indexOf('\n', at + 1)) {
            m_lineStarts.push_back(at + 1);
        }
    }
    const auto next = std::upper_bound(m_lineStarts.begin(), m_lineStarts.end(), std::min(offset, m_source.size()));
    problem.line = static_cast<int>(next - m_lineStarts.begin());
    problem.column = static_cast<int>(offset - *std::prev(next)) + 1;
}

QString TaskProblems::tokenAt(qsizetype offset) const
{
    if (offset >= m_source.size()) {
        return QStringLiteral("the end of the file");
    }
    const QByteArrayView rest = m_source.sliced(offset).first(std::min(longestToken * 4, m_source.size() - offset));
    const QString token = QString::fromUtf8(rest.first(std::max<qsizetype>(1, tokenLength(rest)))).trimmed();
    if (token == QLatin1String("{") || token == QLatin1String("[")) {
        return token == QLatin1String("{") ? QStringLiteral("an object") : QStringLiteral("a list");
    }
    return token.size() <= longestToken ? token : token.left(longestToken - 1) + u'…';
}

} // namespace PatchPanel::Patch
