#include "services/patch/bytepattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

namespace PatchPanel::Patch {

namespace {

// Enough for honest patterns on files of many megabytes, and over within about a second for those that run away.
constexpr uint32_t matchLimit = 5'000'000;
constexpr uint32_t depthLimit = 100'000;
constexpr uint32_t heapLimitKiB = 64 * 1024;

uint32_t optionFor(QChar flag)
{
    switch (flag.unicode()) {
    case u'i':
        return PCRE2_CASELESS;
    case u'm':
        return PCRE2_MULTILINE;
    case u's':
        return PCRE2_DOTALL;
    case u'x':
        return PCRE2_EXTENDED;
    case u'u':
        return PCRE2_UTF | PCRE2_UCP;
    default:
        return 0;
    }
}

QString pcreMessage(int error)
{
    std::array<PCRE2_UCHAR, 256> text = {};
    pcre2_get_error_message(error, text.data(), text.size());
    return QString::fromLatin1(reinterpret_cast<const char *>(text.data()));
}

bool isLimit(int error)
{
    return error == PCRE2_ERROR_MATCHLIMIT || error == PCRE2_ERROR_DEPTHLIMIT || error == PCRE2_ERROR_HEAPLIMIT;
}

Error matchError(int error)
{
    if (isLimit(error)) {
        return {ErrorCode::DoesNotApply,
                QStringLiteral("The pattern runs away: PCRE2's match limit was reached before it was done."),
                QStringLiteral("Avoid nested repetitions such as (a+)+; say what must not match, as in [^\\n]*.")};
    }
    return {
        ErrorCode::DoesNotApply, QStringLiteral("The pattern could not be matched: %1.").arg(pcreMessage(error)), {}};
}

} // namespace

struct BytePattern::Code {
    pcre2_code *code = nullptr;
    pcre2_match_data *data = nullptr;
    pcre2_match_context *context = nullptr;
    bool utf = false;

    Code() = default;
    Code(const Code &) = delete;
    Code &operator=(const Code &) = delete;
    ~Code()
    {
        pcre2_match_context_free(context);
        pcre2_match_data_free(data);
        pcre2_code_free(code);
    }
};

BytePattern::BytePattern(std::shared_ptr<Code> code)
    : m_code(std::move(code))
{
}

Result<BytePattern> BytePattern::compile(const QByteArray &pattern, const QString &flags)
{
    uint32_t options = PCRE2_NEVER_BACKSLASH_C;
    for (const QChar flag : flags) {
        options |= optionFor(flag);
    }
    int error = 0;
    PCRE2_SIZE offset = 0;
    auto code = std::make_shared<Code>();
    code->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.constData()),
                               static_cast<PCRE2_SIZE>(pattern.size()), options, &error, &offset, nullptr);
    if (!code->code) {
        return Error{
            ErrorCode::InvalidTask,
            QStringLiteral("The pattern is not valid at its character %1: %2.").arg(offset + 1).arg(pcreMessage(error)),
            QStringLiteral("Patterns are written as PCRE2 does.")};
    }
    code->utf = (options & PCRE2_UTF) != 0;
    code->data = pcre2_match_data_create_from_pattern(code->code, nullptr);
    code->context = pcre2_match_context_create(nullptr);
    pcre2_set_match_limit(code->context, matchLimit);
    pcre2_set_depth_limit(code->context, depthLimit);
    pcre2_set_heap_limit(code->context, heapLimitKiB);
    return BytePattern(std::move(code));
}

Result<QList<PatternMatch>> BytePattern::matchAll(QByteArrayView text) const
{
    QList<PatternMatch> matches;
    const auto subject = reinterpret_cast<PCRE2_SPTR>(text.data());
    const auto length = static_cast<PCRE2_SIZE>(text.size());
    PCRE2_SIZE at = 0;
    uint32_t options = 0;
    while (at <= length) {
        const int count = pcre2_match(m_code->code, subject, length, at, options, m_code->data, m_code->context);
        if (count == PCRE2_ERROR_NOMATCH) {
            if (options == 0) {
                break;
            }
            // After an empty match nothing longer began at the same place: go on one character further.
            options = 0;
            ++at;
            while (m_code->utf && at < length
                   && (static_cast<unsigned char>(text[static_cast<qsizetype>(at)]) & 0xc0) == 0x80) {
                ++at;
            }
            continue;
        }
        if (count < 0) {
            return matchError(count);
        }
        const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(m_code->data);
        PatternMatch match;
        // \K in a lookaround can put the start behind the end; such a match replaces nothing that can be told.
        if (ends[0] > ends[1]) {
            return matchError(PCRE2_ERROR_BADSUBSPATTERN);
        }
        match.start = static_cast<qsizetype>(ends[0]);
        match.end = static_cast<qsizetype>(ends[1]);
        for (int group = 0; group <= groupCount(); ++group) {
            const PCRE2_SIZE start = ends[2 * group];
            const bool took = group < count && start != PCRE2_UNSET;
            match.groups.append(
                took ? text.sliced(static_cast<qsizetype>(start), static_cast<qsizetype>(ends[2 * group + 1] - start))
                           .toByteArray()
                     : QByteArray());
        }
        matches.append(match);
        at = ends[1];
        options = ends[0] == ends[1] ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0;
    }
    return matches;
}

int BytePattern::groupNumber(const QByteArray &name) const
{
    const int number = pcre2_substring_number_from_name(m_code->code, reinterpret_cast<PCRE2_SPTR>(name.constData()));
    return number > 0 ? number : -1;
}

int BytePattern::groupCount() const
{
    uint32_t count = 0;
    pcre2_pattern_info(m_code->code, PCRE2_INFO_CAPTURECOUNT, &count);
    return static_cast<int>(count);
}

} // namespace PatchPanel::Patch
