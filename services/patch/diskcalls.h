#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <sys/types.h>

namespace PatchPanel::Patch::Disk {

// Every system call that a transaction or its recovery changes the disk with, by one name each, so that tests can stop
// the process before and after any of them, let any of them fail, and know what was not yet synced. Each function
// returns what its system call returns, with errno. Any thread.

enum class Operation {
    MakeFile,
    Write,
    Truncate,
    ChangeOwner,
    ChangeMode,
    SetAttribute,
    MakeSymlink,
    MakeFolder,
    RemoveFile,
    RemoveFolder,
    Rename,
    Link,
    SyncFile,
    SyncFilesystem,
};

// One call, with what it is given; what an operation does not have is empty.
struct Call {
    Operation operation = Operation::Write;
    int descriptor = -1; // the file, or the folder of `name`
    QByteArrayView name = {};
    int toDescriptor = -1;
    QByteArrayView toName = {};
    QByteArrayView data = {}; // written; target of a link
    mode_t mode = 0;
    unsigned int flags = 0; // of a rename
    off_t size = 0; // to cut to
    long result = 0; // once it is done
};

// Sees every call of the process; for tests. Null members are not asked.
struct Observer {
    int (*before)(const Call &call) = nullptr; // an errno instead of 0 makes the call fail without being made
    void (*after)(const Call &call) = nullptr;
};
void observe(const Observer &observer);

int makeFile(int folder, const QByteArray &name, int flags, mode_t mode); // openat(2) with O_CREAT; a descriptor
bool writeAll(int file, QByteArrayView bytes); // write(2) until all is written
int truncate(int file, off_t size); // ftruncate(2)
int changeOwner(int file, uid_t owner, gid_t group); // fchown(2)
int changeMode(int file, mode_t mode); // fchmod(2)
int setAttribute(int file, const char *name, QByteArrayView value); // fsetxattr(2)
int makeSymlink(const QByteArray &target, int folder, const QByteArray &name); // symlinkat(2)
int makeFolder(int folder, const QByteArray &name, mode_t mode); // mkdirat(2)
int removeFile(int folder, const QByteArray &name); // unlinkat(2)
int removeFolder(int folder, const QByteArray &name); // unlinkat(2) with AT_REMOVEDIR
int rename(int folder, const QByteArray &name, int toFolder, const QByteArray &toName,
           unsigned int flags = 0); // renameat2(2)
int link(int folder, const QByteArray &name, int toFolder, const QByteArray &toName); // linkat(2)
int syncFile(int file); // fsync(2)
int syncFilesystem(int file); // syncfs(2)

// Removes what stands at the name: a file, a link, or a folder with all that is in it; true when nothing is left of it.
bool removeTree(int folder, const QByteArray &name);

} // namespace PatchPanel::Patch::Disk
