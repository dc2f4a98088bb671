#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

namespace PatchPanel::Test {

// The zlib stream of `bytes`.
inline QByteArray deflated(const QByteArray &bytes)
{
    // qCompress puts the length in front, and makes no stream of nothing.
    return bytes.isEmpty() ? QByteArray("\x78\x9c\x03\0\0\0\0\1", 8) : qCompress(bytes).mid(4);
}

// The data lines of a git binary patch, 52 bytes each, and the empty line after them.
inline QByteArray base85Lines(const QByteArray &bytes)
{
    constexpr QByteArrayView digits(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~");
    QByteArray text;
    for (qsizetype at = 0; at < bytes.size(); at += 52) {
        const QByteArray line = bytes.mid(at, 52);
        text += static_cast<char>(line.size() <= 26 ? 'A' + line.size() - 1 : 'a' + line.size() - 27);
        for (qsizetype group = 0; group < line.size(); group += 4) {
            quint32 number = 0;
            for (qsizetype i = group; i < group + 4; ++i) {
                number = number << 8 | (i < line.size() ? static_cast<uchar>(line[i]) : 0U);
            }
            QByteArray five(5, '0');
            for (qsizetype digit = 4; digit >= 0; --digit, number /= 85) {
                five[digit] = digits[number % 85];
            }
            text += five;
        }
        text += '\n';
    }
    return text + '\n';
}

// A text as lines, each with its ending, as the diff parser has them.
inline QList<QByteArrayView> linesOf(QByteArrayView text)
{
    QList<QByteArrayView> lines;
    for (qsizetype at = 0; at < text.size();) {
        const qsizetype end = text.indexOf('\n', at);
        const qsizetype next = end < 0 ? text.size() : end + 1;
        lines.append(text.sliced(at, next - at));
        at = next;
    }
    return lines;
}

} // namespace PatchPanel::Test
