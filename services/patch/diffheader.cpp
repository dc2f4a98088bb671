#include "services/patch/diffheader.h"

#include <array>
#include <limits>
#include <utility>

namespace PatchPanel::Patch {

namespace {

constexpr QByteArrayView devNull("/dev/null");
constexpr int symlinkMode = 0120000;
constexpr int submoduleMode = 0160000;

bool isOctal(char c)
{
    return c >= '0' && c <= '7';
}

char unescaped(char c)
{
    constexpr QByteArrayView letters("abfnrtv\"\\");
    constexpr QByteArrayView meanings("\a\b\f\n\r\t\v\"\\");
    const qsizetype at = letters.indexOf(c);
    return at < 0 ? '\0' : meanings[at];
}

struct Unquoted {
    QByteArray name;
    qsizetype length; // of the quoted form, quotes included
};

// A C-style quoted name at the start of `text`, as git's quote.c writes it.
std::optional<Unquoted> unquote(QByteArrayView text)
{
    Unquoted result{{}, 1};
    while (result.length < text.size()) {
        const char c = text[result.length++];
        if (c == '"') {
            return result;
        }
        if (c != '\\') {
            result.name += c;
            continue;
        }
        const QByteArrayView rest = text.sliced(result.length);
        if (rest.size() >= 3 && rest[0] <= '3' && isOctal(rest[0]) && isOctal(rest[1]) && isOctal(rest[2])) {
            result.name += static_cast<char>((rest[0] - '0') * 64 + (rest[1] - '0') * 8 + (rest[2] - '0'));
            result.length += 3;
        } else if (!rest.isEmpty() && unescaped(rest[0]) != '\0') {
            result.name += unescaped(rest[0]);
            result.length += 1;
        } else {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

// `diff -N` dates a file that does not exist 1970-01-01 00:00 UTC, in local time.
bool isEpoch(QByteArrayView timeStamp)
{
    return timeStamp.startsWith("1970-01-01 ") || timeStamp.startsWith("1969-12-31 ");
}

QByteArrayView withoutFirstPart(QByteArrayView name)
{
    return name.sliced(name.indexOf('/') + 1);
}

// Takes a decimal number off the front.
std::optional<int> takeNumber(QByteArrayView &text)
{
    qint64 number = 0;
    qsizetype digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
        number = number * 10 + (text[digits++] - '0');
        if (number > std::numeric_limits<int>::max() / 2) {
            return std::nullopt;
        }
    }
    text = text.sliced(digits);
    return digits == 0 ? std::nullopt : std::optional(static_cast<int>(number));
}

bool takeWord(QByteArrayView &text, QByteArrayView word)
{
    if (!text.startsWith(word)) {
        return false;
    }
    text = text.sliced(word.size());
    return true;
}

// "12,3" or "12": a count left out is 1.
bool takeRange(QByteArrayView &text, int &start, int &count)
{
    const std::optional<int> first = takeNumber(text);
    const std::optional<int> second = takeWord(text, ",") ? takeNumber(text) : std::optional(1);
    start = first.value_or(0);
    count = second.value_or(0);
    return first && second;
}

Error badQuotes(int line)
{
    return diffError(line, QStringLiteral("The quoted file name cannot be read."),
                     QStringLiteral("Quote it as git does: \"name\" with \\\" \\\\ \\t \\n and octal escapes."));
}

} // namespace

Error diffError(int line, const QString &message, const QString &hint)
{
    return {ErrorCode::InvalidTask,
            message,
            hint,
            QStringLiteral("line %1 of the diff").arg(line),
            {{QStringLiteral("line"), line}}};
}

Result<HeaderName> headerName(QByteArrayView text, int line, UnquotedNames &unquoted)
{
    if (text.startsWith('"')) {
        const Result<QByteArrayView> name = plainName(text, line, unquoted);
        return name ? Result<HeaderName>(HeaderName{*name, false}) : name.error();
    }
    const qsizetype tab = text.indexOf('\t');
    const QByteArrayView name = tab < 0 ? text : text.first(tab);
    const bool nothing = name == devNull || (tab >= 0 && isEpoch(text.sliced(tab + 1)));
    return HeaderName{name, nothing};
}

Result<QByteArrayView> plainName(QByteArrayView text, int line, UnquotedNames &unquoted)
{
    if (!text.startsWith('"')) {
        return text;
    }
    const std::optional<Unquoted> name = unquote(text);
    return name ? Result<QByteArrayView>(QByteArrayView(unquoted.emplace_back(name->name))) : badQuotes(line);
}

std::pair<QByteArrayView, QByteArrayView> gitHeaderNames(QByteArrayView text, UnquotedNames &unquoted)
{
    if (text.startsWith('"')) {
        const std::optional<Unquoted> first = unquote(text);
        if (!first || first->length >= text.size() || text[first->length] != ' ') {
            return {};
        }
        const Result<QByteArrayView> second = plainName(text.sliced(first->length + 1), 0, unquoted);
        return second ? std::pair(QByteArrayView(unquoted.emplace_back(first->name)), *second)
                      : std::pair<QByteArrayView, QByteArrayView>();
    }
    if (text.endsWith('"')) {
        const qsizetype quote = text.indexOf(" \"");
        const std::optional<Unquoted> second = quote < 0 ? std::nullopt : unquote(text.sliced(quote + 1));
        return second ? std::pair(text.first(quote), QByteArrayView(unquoted.emplace_back(second->name)))
                      : std::pair<QByteArrayView, QByteArrayView>();
    }
    // Unquoted names may hold blanks: the split is where both sides name the same file.
    for (qsizetype blank = text.indexOf(' '); blank >= 0; blank = text.indexOf(' ', blank + 1)) {
        const QByteArrayView left = text.first(blank);
        const QByteArrayView right = text.sliced(blank + 1);
        if (left == right || (left.contains('/') && withoutFirstPart(left) == withoutFirstPart(right))) {
            return {left, right};
        }
    }
    return {};
}

void stripPrefixes(QByteArrayView &oldName, QByteArrayView &newName)
{
    static constexpr std::array<std::pair<char, char>, 7> pairs{
        {{'a', 'b'}, {'b', 'a'}, {'i', 'w'}, {'c', 'i'}, {'c', 'w'}, {'o', 'w'}, {'w', 'i'}}};
    const auto has = [](QByteArrayView name, char prefix) {
        return name.isEmpty() || (name.size() > 2 && name[0] == prefix && name[1] == '/');
    };
    for (const auto &[first, second] : pairs) {
        if (has(oldName, first) && has(newName, second)) {
            oldName = oldName.sliced(oldName.isEmpty() ? 0 : 2);
            newName = newName.sliced(newName.isEmpty() ? 0 : 2);
            return;
        }
    }
}

std::optional<Hunk> hunkHeader(QByteArrayView line)
{
    Hunk hunk;
    const bool understood = takeWord(line, "@@ -") && takeRange(line, hunk.oldStart, hunk.oldCount)
        && takeWord(line, " +") && takeRange(line, hunk.newStart, hunk.newCount) && takeWord(line, " @@");
    return understood ? std::optional(hunk) : std::nullopt;
}

std::optional<int> fileMode(QByteArrayView text)
{
    constexpr int typeBits = 0170000;
    constexpr int regular = 0100000;
    constexpr int specialBits = 07000; // setuid, setgid, sticky
    bool octal = false;
    const int mode = text.toByteArray().trimmed().toInt(&octal, 8);
    const bool isFile = (mode & typeBits) == regular && (mode & specialBits) == 0 && mode <= 0100777;
    return octal && (isFile || mode == symlinkMode || mode == submoduleMode) ? std::optional(mode) : std::nullopt;
}

} // namespace PatchPanel::Patch
