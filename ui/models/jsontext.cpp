#include "ui/models/jsontext.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace PatchPanel::Ui {

namespace {

// Levels; a text of brackets only would grow with the square of its length.
constexpr qsizetype deepestIndentation = 200;

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

// A buffer that grows by itself; quicker to append single characters to than QByteArray.
class Writer {
public:
    explicit Writer(qsizetype expected)
        : m_bytes(expected, Qt::Uninitialized)
        , m_at(m_bytes.data())
    {
    }

    void put(char c)
    {
        reserve(1);
        *m_at++ = c;
    }

    void put(QByteArrayView bytes)
    {
        reserve(bytes.size());
        std::memcpy(m_at, bytes.data(), static_cast<std::size_t>(bytes.size()));
        m_at += bytes.size();
    }

    void breakLine(qsizetype depth)
    {
        reserve(1 + 2 * depth);
        *m_at++ = '\n';
        std::memset(m_at, ' ', static_cast<std::size_t>(2 * depth));
        m_at += 2 * depth;
    }

    QByteArray take()
    {
        m_bytes.truncate(m_at - m_bytes.constData());
        return std::move(m_bytes);
    }

private:
    void reserve(qsizetype count)
    {
        const qsizetype used = m_at - m_bytes.constData();
        if (m_bytes.size() - used < count) {
            m_bytes.resize(2 * (used + count));
            m_at = m_bytes.data() + used;
        }
    }

    QByteArray m_bytes;
    char *m_at;
};

} // namespace

QByteArray indentedJson(QByteArrayView json)
{
    Writer out(json.size() + json.size() / 2);
    qsizetype depth = 0;
    for (qsizetype i = skipSpaces(json, 0); i < json.size(); i = skipSpaces(json, i)) {
        const char c = json[i];
        if (c == '"') {
            const qsizetype end = endOfString(json, i);
            out.put(json.sliced(i, end - i));
            i = end;
            continue;
        }
        ++i;
        if (c == '{' || c == '[') {
            out.put(c);
            const qsizetype next = skipSpaces(json, i);
            if (next < json.size() && (json[next] == '}' || json[next] == ']')) {
                out.put(json[next]);
                i = next + 1;
                continue;
            }
            depth = std::min(depth + 1, deepestIndentation);
            out.breakLine(depth);
        } else if (c == '}' || c == ']') {
            depth = std::max<qsizetype>(0, depth - 1);
            out.breakLine(depth);
            out.put(c);
        } else {
            out.put(c);
            if (c == ',') {
                out.breakLine(depth);
            } else if (c == ':') {
                out.put(' ');
            }
        }
    }
    return out.take();
}

} // namespace PatchPanel::Ui
