#include "ui/models/jsontext.h"

namespace PatchPanel::Ui {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// The index just behind the string that begins at `start`.
qsizetype endOfString(QByteArrayView json, qsizetype start)
{
    qsizetype i = start + 1;
    while (i < json.size() && json[i] != '"') {
        i += json[i] == '\\' ? 2 : 1;
    }
    return std::min(i + 1, json.size());
}

qsizetype skipSpaces(QByteArrayView json, qsizetype i)
{
    while (i < json.size() && isSpace(json[i])) {
        ++i;
    }
    return i;
}

} // namespace

QByteArray indentedJson(QByteArrayView json)
{
    QByteArray out;
    out.reserve(json.size() + json.size() / 4);
    qsizetype depth = 0;
    const auto breakLine = [&out, &depth] {
        out.append('\n').append(2 * depth, ' ');
    };
    for (qsizetype i = skipSpaces(json, 0); i < json.size(); i = skipSpaces(json, i)) {
        const char c = json[i];
        if (c == '"') {
            const qsizetype end = endOfString(json, i);
            out.append(json.sliced(i, end - i));
            i = end;
            continue;
        }
        ++i;
        if (c == '{' || c == '[') {
            out.append(c);
            const qsizetype next = skipSpaces(json, i);
            if (next < json.size() && (json[next] == '}' || json[next] == ']')) {
                out.append(json[next]);
                i = next + 1;
                continue;
            }
            ++depth;
            breakLine();
        } else if (c == '}' || c == ']') {
            depth = std::max<qsizetype>(0, depth - 1);
            breakLine();
            out.append(c);
        } else {
            out.append(c);
            if (c == ',') {
                breakLine();
            } else if (c == ':') {
                out.append(' ');
            }
        }
    }
    return out;
}

} // namespace PatchPanel::Ui
