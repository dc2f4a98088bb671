#include "tests/fuzz/fuzzing.h"

#include <QDirIterator>
#include <QFile>

#include <cstdio>

namespace {

// Runs one file; its name is printed first, as a broken invariant ends the process.
bool replay(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        std::fprintf(stderr, "%s cannot be read\n", qPrintable(path));
        return false;
    }
    std::fprintf(stderr, "%s\n", qPrintable(path));
    const QByteArray input = file.readAll();
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t *>(input.constData()),
                           static_cast<std::size_t>(input.size()));
    return true;
}

} // namespace

// Runs a fuzz target on every file of the folders named, without libFuzzer. A folder may be missing, but not all.
int main(int argc, char **argv)
{
    int count = 0;
    for (int i = 1; i < argc; ++i) {
        QDirIterator files(QFile::decodeName(argv[i]), QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            if (!replay(files.next())) {
                return 1;
            }
            ++count;
        }
    }
    std::fprintf(stderr, "%d inputs\n", count);
    return count > 0 ? 0 : 1;
}
