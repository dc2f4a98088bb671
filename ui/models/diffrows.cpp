#include "ui/models/diffrows.h"

#include "ui/models/linepairs.h"

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

constexpr int usualContext = 3; // lines; a hunk that ends with fewer ends with its file

using Indexes = std::vector<int>; // of the diff's lines

// A block of changes: what goes, what comes, and notes behind either.
struct Block {
    Indexes removed = {};
    Indexes added = {};

    bool isEmpty() const { return removed.empty() && added.empty(); }
};

class Layout {
public:
    Layout(DiffRows &rows, DiffOptions options, const DiffExpansion &expansion)
        : m_rows(rows)
        , m_diff(*rows.diff)
        , m_file(rows.file.get())
        , m_options(options)
        , m_expansion(expansion)
    {
    }

    void run()
    {
        m_rows.lines = m_diff.lines;
        m_rows.sideBySide = m_options.sideBySide;
        const int firstHeader = m_diff.hunks.empty() ? static_cast<int>(m_diff.lines.size()) : m_diff.hunks[0].header;
        for (int line = 0; line < firstHeader; ++line) {
            put(line, line);
        }
        for (const int hunk : shownHunks()) {
            m_hunk = hunk;
            const DiffHunk &now = m_diff.hunks[static_cast<std::size_t>(hunk)];
            putGap(now);
            putHunk(now);
            m_last = &now;
        }
        putEnd();
        findChanges();
    }

private:
    const DiffLine &line(int index) const { return m_diff.lines[static_cast<std::size_t>(index)]; }

    void put(int before, int after) { m_rows.rows.push_back({before, after, m_hunk}); }

    int append(const DiffLine &line)
    {
        m_rows.lines.push_back(line);
        m_rows.largestNumber = std::max({m_rows.largestNumber, line.oldNumber, line.newNumber});
        return static_cast<int>(m_rows.lines.size()) - 1;
    }

    // Both lines are there, differ in white space only, and neither is followed by a note: that says more.
    bool isHidden(int index) const
    {
        const int pair = line(index).pair;
        if (!m_options.hideWhitespace || pair < 0 || isFollowedByNote(index) || isFollowedByNote(pair)) {
            return false;
        }
        return equalButForBlanks(line(index).text, line(pair).text);
    }

    bool isFollowedByNote(int index) const
    {
        const auto next = static_cast<std::size_t>(index) + 1;
        return next < m_diff.lines.size() && m_diff.lines[next].kind == DiffKind::Note;
    }

    Indexes shownHunks()
    {
        Indexes shown;
        for (int i = 0; i < static_cast<int>(m_diff.hunks.size()); ++i) {
            const DiffHunk &hunk = m_diff.hunks[static_cast<std::size_t>(i)];
            bool isShown = !m_options.hideWhitespace;
            int hidden = 0;
            for (int index = hunk.header; index < hunk.end; ++index) {
                if (line(index).isChange()) {
                    const bool hides = isHidden(index);
                    isShown = isShown || !hides;
                    hidden += hides && line(index).kind == DiffKind::Removed ? 1 : 0;
                }
            }
            m_rows.hiddenLines += hidden;
            if (isShown) {
                shown.push_back(i);
            } else {
                ++m_rows.hiddenHunks;
            }
        }
        return shown;
    }

    int wantedAt(int hunk, int length) const
    {
        return m_expansion.all ? length : std::min(length, m_expansion.lines.value(hunk, 0));
    }

    // The lines between the last hunk and this one, as far as they are asked for, and the hunk's header.
    void putGap(const DiffHunk &hunk)
    {
        const int begin = m_last ? m_last->oldEnd() : 1;
        const int length = hunk.oldBegin() - begin;
        if (!m_file || m_expansion.isEmpty() || length < 0) {
            put(hunk.header, hunk.header);
            return;
        }
        const int delta = hunk.newBegin() - hunk.oldBegin();
        const int wanted = wantedAt(m_hunk, length);
        const int above = m_last ? wanted : 0; // behind the last hunk
        const int below = std::min(wanted, length - above);
        putLines(begin, begin + above, delta);
        if (above + below < length) {
            putHeader(hunk, below);
        } else if (wanted == 0 && !m_expansion.all) {
            put(hunk.header, hunk.header);
        }
        putLines(hunk.oldBegin() - below, hunk.oldBegin(), delta);
    }

    void putHeader(const DiffHunk &hunk, int linesAbove)
    {
        if (linesAbove == 0) {
            put(hunk.header, hunk.header);
            return;
        }
        const auto range = [linesAbove](int begin, int count) {
            return QByteArray::number(begin - linesAbove) + ',' + QByteArray::number(count + linesAbove);
        };
        m_rows.headers.push_back("@@ -" + range(hunk.oldBegin(), hunk.oldCount) + " +"
                                 + range(hunk.newBegin(), hunk.newCount) + " @@");
        const int header = append({DiffKind::Hunk, 0, 0, m_rows.headers.back()});
        put(header, header);
    }

    // Lines of the old file `begin` to `end` - 1; `delta` more in the new one.
    void putLines(int begin, int end, int delta)
    {
        for (int number = begin; number < end; ++number) {
            const int inFile = m_file->isNew ? number + delta : number;
            if (inFile < 1 || inFile > m_file->lineCount()) {
                return;
            }
            const int index = append({DiffKind::Context, number, number + delta, m_file->line(inFile)});
            put(index, index);
        }
    }

    // What follows the last hunk. Without the file it is not known whether there is anything.
    void putEnd()
    {
        if (!m_last || !m_options.expandable) {
            return;
        }
        m_hunk = static_cast<int>(m_diff.hunks.size());
        const int delta = m_last->newEnd() - m_last->oldEnd();
        bool isMore = mayGoOn(*m_last);
        if (m_file) {
            const int end = m_file->lineCount() + 1 - (m_file->isNew ? delta : 0);
            const int length = std::max(0, end - m_last->oldEnd());
            const int wanted = wantedAt(m_hunk, length);
            putLines(m_last->oldEnd(), m_last->oldEnd() + wanted, delta);
            isMore = wanted < length;
        }
        if (isMore) {
            const int header = append({DiffKind::Hunk});
            put(header, header);
        }
    }

    bool mayGoOn(const DiffHunk &hunk) const
    {
        if (hunk.oldCount == 0 || hunk.newCount == 0) { // created or deleted, as a rule
            return false;
        }
        for (int index = hunk.end - usualContext; index < hunk.end; ++index) {
            if (index <= hunk.header || line(index).kind != DiffKind::Context) {
                return false;
            }
        }
        return true;
    }

    void putHunk(const DiffHunk &hunk)
    {
        Block block;
        bool isBehindAdded = false;
        for (int index = hunk.header + 1; index < hunk.end; ++index) {
            switch (line(index).kind) {
            case DiffKind::Removed:
                if (!block.added.empty()) {
                    putBlock(block);
                }
                block.removed.push_back(index);
                isBehindAdded = false;
                break;
            case DiffKind::Added:
                block.added.push_back(index);
                isBehindAdded = true;
                break;
            case DiffKind::Note:
                if (block.isEmpty()) {
                    put(index, index);
                } else {
                    (isBehindAdded ? block.added : block.removed).push_back(index);
                }
                break;
            default:
                putBlock(block);
                put(index, index);
                countNumbers(index);
            }
        }
        putBlock(block);
    }

    void countNumbers(int index)
    {
        m_rows.largestNumber = std::max({m_rows.largestNumber, line(index).oldNumber, line(index).newNumber});
    }

    // Goes along both sides at once; a pair stands on one row, or, in one column, the removed lines of a piece before
    // the added ones. A piece ends where a pair is hidden.
    void putBlock(Block &block)
    {
        Block piece;
        std::size_t a = 0;
        for (const int removed : block.removed) {
            countNumbers(removed);
            if (isHidden(removed)) {
                while (a < block.added.size() && block.added[a] != line(removed).pair) {
                    piece.added.push_back(block.added[a++]);
                }
                putPiece(piece);
                const DiffLine &after = line(block.added[a]);
                const int index = append({DiffKind::Context, line(removed).oldNumber, after.newNumber, after.text});
                put(index, index);
                ++a;
            } else {
                piece.removed.push_back(removed);
            }
        }
        piece.added.insert(piece.added.end(), block.added.begin() + static_cast<std::ptrdiff_t>(a), block.added.end());
        putPiece(piece);
        for (const int added : block.added) {
            countNumbers(added);
        }
        block = {};
    }

    void putPiece(Block &piece)
    {
        if (m_options.sideBySide) {
            putBeside(piece);
        } else {
            for (const int removed : piece.removed) {
                put(removed, -1);
            }
            for (const int added : piece.added) {
                put(-1, added);
            }
        }
        piece = {};
    }

    void putBeside(const Block &piece)
    {
        std::size_t a = 0;
        for (const int removed : piece.removed) {
            const int pair = line(removed).pair;
            if (a == piece.added.size() || pair < piece.added[a] || pair > piece.added.back()) {
                put(removed, -1);
                continue;
            }
            while (piece.added[a] != pair) {
                put(-1, piece.added[a++]);
            }
            put(removed, piece.added[a++]);
        }
        for (; a < piece.added.size(); ++a) {
            put(-1, piece.added[a]);
        }
    }

    void findChanges()
    {
        bool isInside = false;
        for (std::size_t i = 0; i < m_rows.rows.size(); ++i) {
            const DiffLine &line = m_rows.lineOf(m_rows.rows[i]);
            if (line.isChange() && !isInside) {
                m_rows.changes.push_back(static_cast<int>(i));
            }
            isInside = line.isChange() || (isInside && line.kind == DiffKind::Note);
        }
    }

    DiffRows &m_rows;
    const Diff &m_diff;
    const ContextFile *m_file;
    DiffOptions m_options;
    const DiffExpansion &m_expansion;
    const DiffHunk *m_last = nullptr;
    int m_hunk = -1;
};

} // namespace

std::shared_ptr<const DiffRows> layOutDiff(const std::shared_ptr<const Diff> &diff, DiffOptions options,
                                           const DiffExpansion &expansion,
                                           const std::shared_ptr<const ContextFile> &file)
{
    auto rows = std::make_shared<DiffRows>();
    rows->diff = diff;
    rows->file = file;
    Layout(*rows, options, expansion).run();
    return rows;
}

} // namespace PatchPanel::Ui
