#include "services/log/ansitext.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>

using namespace PatchPanel;

namespace {

void requireShown(const Log::AnsiText &shown)
{
    Fuzz::require(std::none_of(shown.text.begin(), shown.text.end(),
                               [](QChar c) { return c.unicode() < 0x20 || c.unicode() == 0x7f; }));
    qsizetype last = -1;
    for (const Log::AnsiSpan &span : shown.spans) {
        Fuzz::require(span.begin > last && span.begin < shown.text.size());
        Fuzz::require(!span.style.text || *span.style.text <= 0xffffff);
        Fuzz::require(!span.style.background || *span.style.background <= 0xffffff);
        last = span.begin;
    }
    Fuzz::require(QString::fromUtf8(shown.text.toUtf8()) == shown.text); // whole surrogate pairs
}

} // namespace

// Any bytes are a line that can be shown: no control characters, spans in their order and within the text. What find
// and files take is what is painted.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes = Fuzz::viewOf(data, size);
    const Log::AnsiText shown = Log::ansiText(bytes, Log::Overwriting::AsATerminal);
    const Log::AnsiText whole = Log::ansiText(bytes, Log::Overwriting::Never);
    requireShown(shown);
    requireShown(whole);
    Fuzz::require(shown.text.size() <= whole.text.size() || bytes.contains('\t'));
    QByteArray utf8("kept");
    Log::appendShownText(utf8, bytes);
    Fuzz::require(utf8 == "kept" + shown.text.toUtf8());
    return 0;
}
