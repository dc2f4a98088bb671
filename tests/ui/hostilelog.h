#pragma once

#include "services/log/logwriter.h"

namespace PatchPanel::Test {

inline constexpr qsizetype hugeLineBytes = 1'000'000;

// A line of a run that prints what it likes: colours, progress lines that go back, invalid bytes, and at times a
// megabyte without a line break. "needle" in each thousandth.
inline QByteArray hostileLine(qsizetype number, qsizetype hugeEach)
{
    const QByteArray digits = QByteArray::number(number);
    if (number % hugeEach == hugeEach - 1) {
        switch (number / hugeEach % 3) {
        case 0:
            return QByteArray(hugeLineBytes, 'x');
        case 1:
            return QByteArray("\x1b[3" + QByteArray::number(number % 7) + "mcolour \xff\xfe")
                .repeated(hugeLineBytes / 15);
        default:
            return (digits + " %\r").repeated(hugeLineBytes / (digits.size() + 3));
        }
    }
    const QByteArray end = number % 1000 == 999 ? "needle" : "object";
    switch (number * 7 / 11 % 5) {
    case 0:
        return "\x1b[32m[ 41%] \x1b[1mBuilding\x1b[0m src/" + digits + ".cpp.o " + end;
    case 1:
        return " 10 % of " + digits + "\r 50 %\x1b[K\r\x1b[33m100 % of\x1b[0m " + digits + ' ' + end + '\r';
    case 2:
        return "\xc3\x28 \xed\xa0\x80 \xf0\x9f\x98\x80 \x1b[38;2;1;2;3m" + digits + "\x1b]8;;http://a\x1b\\link " + end;
    default:
        return "plain line " + digits + " of a build that goes on and on " + end;
    }
}

// How many of the lines before `end` have the needle as they are shown.
inline qsizetype needlesBefore(qsizetype end, qsizetype hugeEach)
{
    qsizetype needles = 0;
    for (qsizetype number = 999; number < end; number += 1000) {
        needles += number % hugeEach == hugeEach - 1 ? 0 : 1;
    }
    return needles;
}

} // namespace PatchPanel::Test
