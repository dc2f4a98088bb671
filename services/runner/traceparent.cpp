#include "services/runner/traceparent.h"

#include <algorithm>
#include <optional>

namespace PatchPanel::Runner {

namespace {

constexpr qsizetype length = 55; // 2-32-16-2 digits with a hyphen between
constexpr qsizetype traceId = 3;
constexpr qsizetype parentId = 36;
constexpr qsizetype flags = 53;

bool isHex(QByteArrayView text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool isId(QByteArrayView text)
{
    return isHex(text) && std::any_of(text.begin(), text.end(), [](char c) { return c != '0'; });
}

bool isValid(QByteArrayView text)
{
    if (text.size() < length || text[traceId - 1] != '-' || text[parentId - 1] != '-' || text[flags - 1] != '-') {
        return false;
    }
    const QByteArrayView version = text.first(2);
    const bool endsThere = text.size() == length || (version != "00" && text[length] == '-');
    return isHex(version) && version != "ff" && isId(text.sliced(traceId, 32)) && isId(text.sliced(parentId, 16))
        && isHex(text.sliced(flags, 2)) && endsThere;
}

} // namespace

QByteArray traceparentOf(const Http::Headers &headers)
{
    std::optional<QByteArray> found;
    for (const auto &[name, value] : headers) {
        if (name.compare("traceparent", Qt::CaseInsensitive) == 0) {
            if (found) {
                return {};
            }
            found = value.trimmed();
        }
    }
    return found && isValid(*found) ? "00" + found->sliced(2, length - 2) : QByteArray();
}

} // namespace PatchPanel::Runner
