#include "services/patch/binarypatch.h"

#include "services/patch/diffheader.h"

#include <QCryptographicHash>

#include <algorithm>
#include <array>
#include <limits>
#include <zlib.h>

namespace PatchPanel::Patch {

namespace {

constexpr qint64 maxBytes = qint64(1) << 30;
constexpr qint64 maxInflation = 1032; // the highest ratio that deflate can reach (zlib's technical notes)
constexpr QByteArrayView
    base85Digits("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~");

QByteArrayView withoutEnding(QByteArrayView line)
{
    while (line.endsWith('\n') || line.endsWith('\r')) {
        line.chop(1);
    }
    return line;
}

Error blockError(qsizetype at, const QString &message)
{
    return diffError(static_cast<int>(at) + 1, message,
                     QStringLiteral("The binary patch is damaged; make it again with git diff --binary."));
}

// "literal 12" or "delta 12": a block without data.
Result<BinaryBlock> blockHeader(QByteArrayView line, qsizetype at)
{
    constexpr QByteArrayView literal("literal ");
    constexpr QByteArrayView delta("delta ");
    BinaryBlock block;
    block.kind = line.startsWith(delta) ? BinaryBlock::Kind::Delta : BinaryBlock::Kind::Literal;
    if (!line.startsWith(literal) && !line.startsWith(delta)) {
        return blockError(at, QStringLiteral("Expected here: \"literal\" or \"delta\" and a size."));
    }
    const QByteArrayView digits = line.sliced(block.kind == BinaryBlock::Kind::Delta ? delta.size() : literal.size());
    for (const char digit : digits) {
        if (digit < '0' || digit > '9') {
            return blockError(at, QStringLiteral("The size of this binary block is not a number."));
        }
        block.size = block.size * 10 + (digit - '0');
        if (block.size > maxBytes) {
            return blockError(at, QStringLiteral("This binary block is larger than 1 GiB."));
        }
    }
    if (digits.isEmpty()) {
        return blockError(at, QStringLiteral("The size of this binary block is missing."));
    }
    return block;
}

constexpr std::array<qint8, 256> makeBase85Values()
{
    std::array<qint8, 256> values{};
    values.fill(-1);
    for (qsizetype i = 0; i < base85Digits.size(); ++i) {
        values[static_cast<uchar>(base85Digits[i])] = static_cast<qint8>(i);
    }
    return values;
}

// Five digits as four bytes, most significant first; false for what no four bytes give.
bool decodeGroup(QByteArrayView digits, std::array<char, 4> &bytes)
{
    static constexpr std::array<qint8, 256> values = makeBase85Values();
    quint64 number = 0;
    for (const char digit : digits) {
        const qint8 value = values[static_cast<uchar>(digit)];
        if (value < 0) {
            return false;
        }
        number = number * 85 + static_cast<quint64>(value);
    }
    if (number > std::numeric_limits<quint32>::max()) {
        return false;
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>(number >> (24 - 8 * i));
    }
    return true;
}

// How many bytes a line holds, by its first letter: A-Z are 1 to 26, a-z 27 to 52; 0 for another letter.
qsizetype lengthOf(char letter)
{
    if (letter >= 'A' && letter <= 'Z') {
        return letter - 'A' + 1;
    }
    return letter >= 'a' && letter <= 'z' ? letter - 'a' + 27 : 0;
}

// Appends the bytes of one line of data.
Result<void> decodeLine(QByteArrayView line, qsizetype at, QByteArray &bytes)
{
    constexpr qsizetype groupDigits = 5;
    constexpr qsizetype groupBytes = 4;
    qsizetype left = lengthOf(line.front());
    if (left == 0) {
        return blockError(at, QStringLiteral("This line of binary data does not begin with a length letter."));
    }
    if (line.size() != 1 + (left + groupBytes - 1) / groupBytes * groupDigits) {
        return blockError(at, QStringLiteral("This line of binary data is shorter or longer than its letter says."));
    }
    for (qsizetype digit = 1; digit < line.size(); digit += groupDigits) {
        std::array<char, groupBytes> group{};
        if (!decodeGroup(line.sliced(digit, groupDigits), group)) {
            return blockError(at, QStringLiteral("This line of binary data is not base 85."));
        }
        const qsizetype taken = std::min(left, groupBytes);
        bytes.append(group.data(), taken);
        left -= taken;
    }
    return {};
}

// The deflated bytes of a block of `size` bytes whose first line of data is lines[at]; advances `at` past them.
Result<QByteArray> readDeflated(const QList<QByteArrayView> &lines, qsizetype &at, qint64 size)
{
    constexpr qint64 slack = 1024;
    QByteArray deflated;
    for (; at < lines.size(); ++at) {
        const QByteArrayView line = withoutEnding(lines.at(at));
        if (line.isEmpty()) {
            ++at;
            break;
        }
        const Result<void> decoded = decodeLine(line, at, deflated);
        if (!decoded) {
            return decoded.error();
        }
        if (deflated.size() > 2 * size + slack) {
            return blockError(at, QStringLiteral("There are more data than the %1 bytes stated.").arg(size));
        }
    }
    return deflated;
}

// `deflated` has to inflate to `size` bytes, and to nothing after them.
Result<QByteArray> inflated(const QByteArray &deflated, qint64 size, qsizetype headerAt)
{
    const Error less = blockError(headerAt, QStringLiteral("The data end before the %1 bytes stated.").arg(size));
    if (deflated.isEmpty() || size > deflated.size() * maxInflation) {
        return less;
    }
    QByteArray data(size + 1, Qt::Uninitialized); // one more, to see whether there is more
    z_stream stream{};
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(deflated.constData())); // zlib only reads it
    stream.avail_in = static_cast<uInt>(deflated.size());
    stream.next_out = reinterpret_cast<Bytef *>(data.data());
    stream.avail_out = static_cast<uInt>(data.size());
    if (inflateInit(&stream) != Z_OK) {
        return Error{ErrorCode::Internal, QStringLiteral("zlib cannot be started.")};
    }
    const int status = inflate(&stream, Z_FINISH);
    const auto made = static_cast<qint64>(stream.total_out);
    const bool wholeInput = stream.avail_in == 0;
    inflateEnd(&stream);
    if (made > size || (status == Z_STREAM_END && !wholeInput)) {
        return blockError(headerAt, QStringLiteral("There are more data than the %1 bytes stated.").arg(size));
    }
    if (status == Z_BUF_ERROR || (status == Z_STREAM_END && made < size)) {
        return less;
    }
    if (status != Z_STREAM_END) {
        return blockError(headerAt, QStringLiteral("The data are damaged: they cannot be inflated."));
    }
    data.truncate(size);
    return data;
}

Error badDelta(const QString &message)
{
    return {ErrorCode::InvalidTask, message,
            QStringLiteral("The binary patch is damaged; make it again with git diff --binary.")};
}

// Reads a delta (git's "pack-format", section "Deltified representation") instruction by instruction.
class DeltaReader {
public:
    DeltaReader(QByteArrayView source, QByteArrayView delta)
        : m_source(source)
        , m_delta(delta)
    {
    }

    bool atEnd() const { return m_at >= m_delta.size(); }

    // A size of the header: seven bits a byte, least significant first. Nothing when it is cut off or over 1 GiB.
    std::optional<qint64> size()
    {
        qint64 size = 0;
        for (int shift = 0; !atEnd() && shift < 35; shift += 7) {
            const int byte = next();
            size |= static_cast<qint64>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) {
                return size <= maxBytes ? std::optional(size) : std::nullopt;
            }
        }
        return std::nullopt;
    }

    // The bytes that the next instruction appends.
    Result<QByteArrayView> piece()
    {
        const int opcode = next();
        if (opcode == 0) {
            return badDelta(QStringLiteral("The delta has an instruction that does not exist."));
        }
        return (opcode & 0x80) != 0 ? copied(opcode) : inserted(opcode);
    }

private:
    int next() { return static_cast<uchar>(m_delta[m_at++]); }

    static Error cutOff() { return badDelta(QStringLiteral("The delta ends in the middle of an instruction.")); }

    Result<QByteArrayView> inserted(qsizetype length)
    {
        if (m_delta.size() - m_at < length) {
            return cutOff();
        }
        m_at += length;
        return m_delta.sliced(m_at - length, length);
    }

    // Bits 0-3 say which bytes of the offset follow, bits 4-6 which of the length; the others are 0.
    Result<QByteArrayView> copied(int opcode)
    {
        constexpr qint64 lengthOfZero = 0x10000;
        std::array<qint64, 2> numbers{};
        for (int bit = 0; bit < 7; ++bit) {
            if ((opcode & (1 << bit)) == 0) {
                continue;
            }
            if (atEnd()) {
                return cutOff();
            }
            const int place = bit < 4 ? bit : bit - 4;
            numbers[bit < 4 ? 0 : 1] |= static_cast<qint64>(next()) << (8 * place);
        }
        const auto [offset, stated] = numbers;
        const qint64 length = stated == 0 ? lengthOfZero : stated;
        if (offset + length > m_source.size()) {
            return badDelta(QStringLiteral("The delta reads beyond the end of the contents it was made for."));
        }
        return m_source.sliced(offset, length);
    }

    QByteArrayView m_source;
    QByteArrayView m_delta;
    qsizetype m_at = 0;
};

// Appends what the instructions make. The result grows with them: a size that is only stated takes no memory.
Result<QByteArray> runDelta(DeltaReader &reader, qint64 resultSize)
{
    const Error otherSize =
        badDelta(QStringLiteral("The delta makes more or less than the %1 bytes it says.").arg(resultSize));
    QByteArray result;
    while (!reader.atEnd()) {
        const Result<QByteArrayView> piece = reader.piece();
        if (!piece) {
            return piece.error();
        }
        if (piece->size() > resultSize - result.size()) {
            return otherSize;
        }
        result.append(*piece);
    }
    return result.size() == resultSize ? Result<QByteArray>(result) : otherSize;
}

} // namespace

Result<BinaryBlock> readBinaryBlock(const QList<QByteArrayView> &lines, qsizetype &at)
{
    const qsizetype headerAt = at;
    Result<BinaryBlock> block = blockHeader(at < lines.size() ? withoutEnding(lines.at(at)) : QByteArrayView(), at);
    if (!block) {
        return block;
    }
    ++at;
    const Result<QByteArray> deflated = readDeflated(lines, at, block->size);
    if (!deflated) {
        return deflated.error();
    }
    const Result<QByteArray> data = inflated(*deflated, block->size, headerAt);
    if (!data) {
        return data.error();
    }
    block->data = *data;
    return block;
}

Result<QByteArray> applyBinaryBlock(const QByteArray &before, const BinaryBlock &block)
{
    if (block.kind == BinaryBlock::Kind::Literal) {
        return block.data;
    }
    DeltaReader reader(before, block.data);
    const std::optional<qint64> sourceSize = reader.size();
    const std::optional<qint64> resultSize = sourceSize ? reader.size() : std::nullopt;
    if (!resultSize) {
        return badDelta(QStringLiteral("The sizes at the start of the delta cannot be read."));
    }
    if (*sourceSize != before.size()) {
        return Error{ErrorCode::DoesNotApply,
                     QStringLiteral("The binary patch was made for contents of %1 bytes, not of %2.")
                         .arg(*sourceSize)
                         .arg(before.size()),
                     QStringLiteral("Make it again from the file as it is now.")};
    }
    return runDelta(reader, *resultSize);
}

QByteArray gitBlobId(QByteArrayView contents)
{
    QCryptographicHash hash(QCryptographicHash::Sha1);
    hash.addData("blob " + QByteArray::number(contents.size()) + '\0');
    hash.addData(contents);
    return hash.result().toHex();
}

} // namespace PatchPanel::Patch
