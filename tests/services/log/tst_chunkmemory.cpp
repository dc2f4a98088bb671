#include "services/log/chunkmemory.h"

#include <QTest>

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/wait.h>
#include <unistd.h>

using PatchPanel::Log::ChunkMemory;

class TestChunkMemory : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void isMovedWithItsBytes();
    void noChildGetsACopy();
};

void TestChunkMemory::isMovedWithItsBytes()
{
    ChunkMemory first(100'000);
    QVERIFY(first);
    std::memcpy(first.get(), "line", 4);
    char *const bytes = first.get();
    ChunkMemory second(std::move(first));
    QCOMPARE(second.get(), bytes);
    QCOMPARE(QByteArray(second.get(), 4), QByteArray("line"));
    second = {};
    QVERIFY(!second);
}

void TestChunkMemory::noChildGetsACopy()
{
    const ChunkMemory memory(1 << 20);
    std::memset(memory.get(), 'x', 1 << 20);
    std::array<int, 2> pipe{};
    QCOMPARE(::pipe(pipe.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) { // the kernel tells whether there is something to read
        ::_exit(::write(pipe[1], memory.get(), 1) == -1 && errno == EFAULT ? 0 : 1);
    }
    int status = -1;
    QCOMPARE(::waitpid(child, &status, 0), child);
    QVERIFY(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ::close(pipe[0]);
    ::close(pipe[1]);
}

QTEST_GUILESS_MAIN(TestChunkMemory)
#include "tst_chunkmemory.moc"
