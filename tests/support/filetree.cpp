#include "tests/support/filetree.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

namespace PatchPanel::Test {

namespace fs = std::filesystem;

namespace {

bool writeFile(const fs::path &path, const TreeFile &file)
{
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    if (file.kind == TreeFile::Kind::Symlink) {
        fs::create_symlink(file.bytes.toStdString(), path, failed);
        return !failed;
    }
    std::ofstream out(path, std::ios::binary);
    out.write(file.bytes.constData(), file.bytes.size());
    out.close();
    return out && ::chmod(path.c_str(), file.kind == TreeFile::Kind::Executable ? 0755 : 0644) == 0;
}

TreeFile readFile(const fs::directory_entry &entry)
{
    if (entry.is_symlink()) {
        return {TreeFile::Kind::Symlink, QByteArray::fromStdString(fs::read_symlink(entry.path()).string())};
    }
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const bool executable = (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none;
    return {executable ? TreeFile::Kind::Executable : TreeFile::Kind::Regular, QByteArray::fromStdString(bytes)};
}

} // namespace

bool writeTree(const QByteArray &folder, const FileTree &tree)
{
    const fs::path root(folder.toStdString());
    std::error_code failed;
    fs::create_directories(root, failed);
    for (auto file = tree.begin(); file != tree.end(); ++file) {
        if (!writeFile(root / file.key().toStdString(), file.value())) {
            return false;
        }
    }
    return !failed;
}

FileTree readTree(const QByteArray &folder)
{
    FileTree tree;
    const fs::path root(folder.toStdString());
    for (fs::recursive_directory_iterator it(root), end; it != end; ++it) {
        const std::string name = it->path().filename().string();
        if (it.depth() == 0 && (name == ".git" || name == ".patchpanel")) {
            it.disable_recursion_pending();
        } else if (it->is_symlink() || it->is_regular_file()) {
            tree.insert(QByteArray::fromStdString(it->path().lexically_relative(root).string()), readFile(*it));
        }
    }
    return tree;
}

QByteArray describe(const FileTree &tree)
{
    QByteArray text;
    for (auto file = tree.begin(); file != tree.end(); ++file) {
        const char kind = "fx@"[static_cast<int>(file->kind)];
        text += QByteArray(1, kind) + ' ' + file.key().toPercentEncoding(" /\"") + ": ";
        text += file->bytes.toPercentEncoding(" \t!\"#$&'()*+,-./:;<=>?@[]^_`{|}~").replace("%0A", "\\n") + '\n';
    }
    return text;
}

} // namespace PatchPanel::Test
