#include "services/patch/binarypatch.h"

#include "services/patch/diffheader.h"

#include <QCryptographicHash>

#include <array>
#include <string_view>
#include <zlib.h>

namespace PatchPanel::Patch {

namespace {

constexpr qint64 mostBytes = qint64(1) << 30;
constexpr int digitsPerGroup = 5; // of base 85, for 4 bytes
constexpr int bytesPerGroup = 4;
constexpr int longestLine = 52; // bytes that one line of data encodes

// The digits of git's base 85, in the order of their values (base85.c).
constexpr std::string_view digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

constexpr std::array<qint8, 256> digitValues = [] {
    std::array<qint8, 256> values = {};
    values.fill(-1);
    for (size_t i = 0; i < digits.size(); ++i) {
        values[static_cast<unsigned char>(digits[i])] = static_cast<qint8>(i);
    }
    return values;
}();

Error damaged(qsizetype at, const QString &what)
{
    return diffError(static_cast<int>(at) + 1, what, QStringLiteral("The diff is damaged: make it again."));
}

// How many bytes a line of data has, by its first letter; 0 for another character.
int lengthOf(char letter)
{
    if (letter >= 'A' && letter <= 'Z') {
        return letter - 'A' + 1;
    }
    return letter >= 'a' && letter <= 'z' ? letter - 'a' + 27 : 0;
}

// Four bytes from five digits; nothing when they are no such number.
std::optional<quint32> groupAt(QByteArrayView text)
{
    quint64 number = 0;
    for (int i = 0; i < digitsPerGroup; ++i) {
        const int value = digitValues[static_cast<unsigned char>(text[i])];
        if (value < 0) {
            return std::nullopt;
        }
        number = number * 85 + static_cast<quint64>(value);
    }
    return number <= 0xffffffffU ? std::optional(static_cast<quint32>(number)) : std::nullopt;
}

bool decodeLine(QByteArrayView line, QByteArray &bytes)
{
    const int length = lengthOf(line[0]);
    const int groups = (length + bytesPerGroup - 1) / bytesPerGroup;
    if (length == 0 || length > longestLine || line.size() != 1 + groups * digitsPerGroup) {
        return false;
    }
    for (int group = 0; group < groups; ++group) {
        const std::optional<quint32> number = groupAt(line.sliced(1 + group * digitsPerGroup, digitsPerGroup));
        if (!number) {
            return false;
        }
        for (int i = 0; i < std::min(bytesPerGroup, length - group * bytesPerGroup); ++i) {
            bytes += static_cast<char>(*number >> (24 - 8 * i));
        }
    }
    return true;
}

// The deflated bytes, when they give exactly `size` bytes.
std::optional<QByteArray> inflated(const QByteArray &deflated, qint64 size)
{
    QByteArray bytes(size + 1, Qt::Uninitialized); // one more, to see that there are not too many
    auto got = static_cast<uLongf>(bytes.size());
    const int result =
        ::uncompress(reinterpret_cast<Bytef *>(bytes.data()), &got,
                     reinterpret_cast<const Bytef *>(deflated.constData()), static_cast<uLong>(deflated.size()));
    if (result != Z_OK || static_cast<qint64>(got) != size) {
        return std::nullopt;
    }
    bytes.resize(size);
    return bytes;
}

// A delta: sizes, then copies from the source and inserts (patch-delta.c).
class Delta {
public:
    explicit Delta(QByteArrayView text)
        : m_text(text)
    {
    }

    std::optional<qint64> readSize()
    {
        qint64 size = 0;
        for (int shift = 0; shift < 63 && m_at < m_text.size(); shift += 7) {
            const auto byte = next();
            size |= qint64(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) {
                return size;
            }
        }
        return std::nullopt;
    }

    // False when the delta is damaged.
    bool apply(const QByteArray &source, qint64 resultSize, QByteArray &result)
    {
        result.reserve(resultSize);
        while (m_at < m_text.size()) {
            const auto opcode = next();
            const bool done =
                (opcode & 0x80) != 0 ? copy(opcode, source, resultSize, result) : insert(opcode, resultSize, result);
            if (!done) {
                return false;
            }
        }
        return result.size() == resultSize;
    }

private:
    unsigned char next() { return static_cast<unsigned char>(m_text[m_at++]); }

    // The bytes of a number that the bits of the opcode say are there, lowest first.
    std::optional<qint64> readNumber(unsigned int bits, int count)
    {
        qint64 number = 0;
        for (int i = 0; i < count; ++i) {
            if ((bits & (1U << i)) == 0) {
                continue;
            }
            if (m_at == m_text.size()) {
                return std::nullopt;
            }
            number |= qint64(next()) << (8 * i);
        }
        return number;
    }

    bool copy(unsigned char opcode, const QByteArray &source, qint64 resultSize, QByteArray &result)
    {
        constexpr qint64 impliedSize = 0x10000;
        const std::optional<qint64> offset = readNumber(opcode & 0x0fU, 4);
        const std::optional<qint64> given = readNumber((opcode >> 4) & 0x07U, 3);
        if (!offset || !given) {
            return false;
        }
        const qint64 size = *given == 0 ? impliedSize : *given;
        if (*offset + size > source.size() || result.size() + size > resultSize) {
            return false;
        }
        result += QByteArrayView(source).sliced(*offset, size);
        return true;
    }

    bool insert(unsigned char size, qint64 resultSize, QByteArray &result)
    {
        if (size == 0 || m_at + size > m_text.size() || result.size() + size > resultSize) {
            return false;
        }
        result += m_text.sliced(m_at, size);
        m_at += size;
        return true;
    }

    QByteArrayView m_text;
    qsizetype m_at = 0;
};

} // namespace

Result<BinaryBlock> readBinaryBlock(const QList<QByteArrayView> &lines, qsizetype &at)
{
    const QByteArrayView head = at < lines.size() ? lines.at(at) : QByteArrayView();
    const bool literal = head.startsWith("literal ");
    if (!literal && !head.startsWith("delta ")) {
        return damaged(at, QStringLiteral("Expected \"literal\" or \"delta\" and a size here."));
    }
    BinaryBlock block;
    block.kind = literal ? BinaryBlock::Kind::Literal : BinaryBlock::Kind::Delta;
    bool isNumber = false;
    block.size = head.sliced(head.indexOf(' ') + 1).toByteArray().toLongLong(&isNumber);
    if (!isNumber || block.size < 0 || block.size > mostBytes) {
        return damaged(at, QStringLiteral("The size of the binary data is no number up to 1 GiB."));
    }
    const qsizetype headAt = at++;
    QByteArray deflated;
    for (; at < lines.size() && !lines.at(at).isEmpty(); ++at) {
        if (!decodeLine(lines.at(at), deflated)) {
            return damaged(at, QStringLiteral("This line of binary data cannot be read."));
        }
    }
    ++at;
    std::optional<QByteArray> data = inflated(deflated, block.size);
    if (!data) {
        return damaged(headAt,
                       QStringLiteral("The binary data are missing, damaged, or not the %1 bytes that are stated.")
                           .arg(block.size));
    }
    block.data = *std::move(data);
    return block;
}

Result<QByteArray> applyBinaryBlock(const QByteArray &before, const BinaryBlock &block)
{
    if (block.kind == BinaryBlock::Kind::Literal) {
        return block.data;
    }
    const Error broken{ErrorCode::InvalidTask, QStringLiteral("The binary delta is damaged."),
                       QStringLiteral("Make the diff again.")};
    Delta delta(block.data);
    const std::optional<qint64> sourceSize = delta.readSize();
    const std::optional<qint64> resultSize = delta.readSize();
    if (!sourceSize || !resultSize || *resultSize > mostBytes) {
        return broken;
    }
    if (*sourceSize != before.size()) {
        return Error{ErrorCode::DoesNotApply,
                     QStringLiteral("The binary delta was made for a file of %1 bytes; this one has %2.")
                         .arg(*sourceSize)
                         .arg(before.size()),
                     QStringLiteral("Make the task again from the file as it is now.")};
    }
    QByteArray result;
    return delta.apply(before, *resultSize, result) ? Result<QByteArray>(result) : broken;
}

QByteArray gitBlobId(QByteArrayView contents)
{
    QCryptographicHash hash(QCryptographicHash::Sha1);
    hash.addData("blob " + QByteArray::number(contents.size()) + QByteArray(1, '\0'));
    hash.addData(contents);
    return hash.result().toHex();
}

} // namespace PatchPanel::Patch
