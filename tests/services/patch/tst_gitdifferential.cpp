#include "services/patch/diffapplication.h"
#include "tests/services/patch/diffoutcomes.h"
#include "tests/services/patch/gitdiffs.h"
#include "tests/services/patch/randomtree.h"
#include "tests/support/treesnapshot.h"

#include <QTest>

#include <array>

using namespace PatchPanel;
using namespace PatchPanel::Patch;
using namespace PatchPanel::Test;

// Classes of outcomes of which one at least must occur.
using Outcomes = QList<QByteArray>;

// Diffs that git makes of generated trees, applied by the engine and by `git apply` to copies of generated targets.
// PATCHPANEL_TEST_SEED=number makes other trees; a failure names the seed, the row and the case.
//
// Where the two may differ, and by which rule:
// - several places fit, none is the stated one: git takes the nearest, the engine says ambiguous (engine.md 1.3)
// - hunks after one that stands elsewhere: the engine carries the offset on, git does not (1.3)
// - a hunk at a file's first or last line: for git it must stand there, for the engine its text decides (1.3)
// - git places hunks out of order, the engine never does (1.3)
// - a file whose change is there already: git fails or applies it twice, the engine says noop, ambiguous when both
//   directions fit, or refuses when only some files are done (1.5)
// - names with control characters: git writes them, the engine refuses them (Confinement)
// - symbolic links that are renamed or copied as they are: git's header does not say that they are links, so the engine
//   refuses them, and every other diff that meets a link without saying so (Confinement)
// - a file that ends in CR LF throughout, a diff that has none: applied with CR LF (1, "work on bytes")
// - hunks without context (-U0) stand at their stated line or nowhere: nothing else says where they belong, and git,
//   which searches for them, applies some a second time; insertions into a file with lines are refused
// - files of one patch that are renamed in a circle or a row: applied, in whatever order they come
class TestGitDifferential : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void textDiffs_data();
    void textDiffs();
    void treeDiffs_data();
    void treeDiffs();
    void binaryDiffs_data();
    void binaryDiffs();

private:
    void compareRow(Flavour flavour, const QStringList &options, int pairs, const QList<Outcomes> &mustOccur);

    std::optional<GitDiffs> m_git;
    quint32 m_seed = 20260;
};

namespace {

enum class Target { Untouched, LinesAbove, LinesGone, LineChanged, Applied, AppliedBelow, HalfApplied, OtherEndings };

constexpr std::array targets{Target::Untouched, Target::LinesAbove,   Target::LinesGone,   Target::LineChanged,
                             Target::Applied,   Target::AppliedBelow, Target::HalfApplied, Target::OtherEndings};
constexpr std::array targetNames{"untouched", "lines above",   "lines gone",   "line changed",
                                 "applied",   "applied below", "half applied", "other endings"};

using Edit = std::function<QByteArray(const QByteArray &)>;

// `tree` with every text file that the pair changes edited.
FileTree withTexts(FileTree tree, const TreePair &pair, const Edit &edit)
{
    for (auto file = tree.begin(); file != tree.end(); ++file) {
        const bool touched = pair.before.value(file.key()) != pair.after.value(file.key())
            || pair.before.contains(file.key()) != pair.after.contains(file.key());
        if (touched && file->kind != TreeFile::Kind::Symlink) {
            file->bytes = edit(file->bytes);
        }
    }
    return tree;
}

// Some changed paths as after the diff, the others as before it; a lone file with half of its hunks applied.
FileTree halfApplied(RandomTree &random, const TreePair &pair, const QList<PlainSection> &sections)
{
    FileTree tree = pair.before;
    if (sections.size() == 1 && sections.first().hunks.size() > 1) {
        TreeFile &file = tree[sections.first().oldPath];
        file.bytes = halfPatched(file.bytes, sections.first().hunks);
        return tree;
    }
    for (const PlainSection &section : sections) {
        if (!random.chance(50)) {
            continue;
        }
        tree.remove(section.oldPath);
        for (const QByteArray &path : {section.oldPath, section.newPath}) {
            if (pair.after.contains(path)) {
                tree.insert(path, pair.after.value(path));
            }
        }
    }
    return tree;
}

FileTree targetTree(Target target, RandomTree &random, const TreePair &pair, const QList<PlainSection> &sections)
{
    const Edit below = [&random](const QByteArray &text) {
        return random.foreignLines() + text;
    };
    switch (target) {
    case Target::Untouched:
        return pair.before;
    case Target::LinesAbove:
        return withTexts(pair.before, pair, below);
    case Target::LinesGone:
        return withTexts(pair.before, pair,
                         [&random](const QByteArray &t) { return random.withLinesRemovedAtStart(t); });
    case Target::LineChanged:
        return withTexts(pair.before, pair, [&random](const QByteArray &t) { return random.withLineChanged(t); });
    case Target::Applied:
        return pair.after;
    case Target::AppliedBelow:
        return withTexts(pair.after, pair, below);
    case Target::HalfApplied:
        return halfApplied(random, pair, sections);
    case Target::OtherEndings:
        break;
    }
    return withTexts(pair.before, pair, [](QByteArray text) {
        return text.contains("\r\n") ? text.replace("\r\n", "\n") : text.replace("\n", "\r\n");
    });
}

struct Case {
    TreePair pair;
    QByteArray diff;
    QList<PlainSection> sections;
    Target target = Target::Untouched;
    FileTree tree;
    QStringList gitOptions;
};

// What came of a case: a class to count, or what is wrong with it.
struct Verdict {
    QByteArray outcome;
    QByteArray wrong = {};
    QByteArray detail = {};
};

struct Ours {
    bool refused = false;
    ErrorCode code = ErrorCode::Internal;
    QByteArray message;
    FileTree tree;
};

bool hasControlCharacter(const QList<PlainSection> &sections)
{
    return std::any_of(sections.begin(), sections.end(), [](const PlainSection &section) {
        return section.oldPath.contains('\t') || section.newPath.contains('\t');
    });
}

bool isBinary(const QList<PlainSection> &sections)
{
    return std::any_of(sections.begin(), sections.end(), [](const PlainSection &section) { return section.binary; });
}

// An empty message: it was right to refuse with that code.
QByteArray wrongRefusal(const Case &one, const Allowed &allowed, const Ours &ours, bool gitApplied)
{
    if (ours.code == ErrorCode::UnsafePath && (hasControlCharacter(one.sections) || allowed.namesLinkWithoutMode)) {
        return {};
    }
    if (ours.code != ErrorCode::DoesNotApply && ours.code != ErrorCode::Ambiguous) {
        return "an error that has nothing to do with it";
    }
    if (!gitApplied) {
        return allowed.mustApply && one.target == Target::Untouched ? "refused on the tree it was made from" : "";
    }
    if (ours.code == ErrorCode::Ambiguous) {
        return allowed.mayBeAmbiguous ? "" : "called ambiguous, but there is only one place";
    }
    if (allowed.mayBeHalfApplied || !allowed.mayApply) {
        return {};
    }
    return "refused what git applies";
}

Verdict judged(const Case &one, const Ours &ours, bool gitApplied, const FileTree &gitTree, bool gitReverses)
{
    const Allowed allowed = allowedFor(one.tree, one.sections);
    const bool unchanged = ours.tree == one.tree;
    if (ours.refused) {
        const QByteArray wrong = wrongRefusal(one, allowed, ours, gitApplied);
        if (!unchanged) {
            return {"refused", "refused, yet the tree changed"};
        }
        const QByteArray what = ours.code == ErrorCode::Ambiguous ? "ambiguous" : "refused";
        return {what + (gitApplied ? ", git applies" : ", git too"), wrong};
    }
    if (one.target == Target::Applied && !unchanged) {
        return {"twice", "applied a second time"};
    }
    if (unchanged && gitTree != one.tree) {
        const bool seems = allowed.mayBeNoop && one.target != Target::Untouched;
        const bool lacksIt = one.target == Target::LinesAbove && (!allowed.backwardStated || allowed.forwardStated);
        return {"noop, git applies", seems && !lacksIt ? "" : "noop on a tree that lacks the change"};
    }
    if (unchanged && !gitApplied) {
        const bool there = gitReverses || allowed.mayBeNoop || one.tree == one.pair.after;
        return {"noop", there ? "" : "noop, but the reverse does not fit"};
    }
    const bool seemsThere = allowed.backwardStated && allowed.backwardBeyondDoubt && !allowed.forwardStated;
    if (!unchanged && (seemsThere || (allowed.mayBeNoop && one.target == Target::AppliedBelow))) {
        return {"twice", "applied where the reverse fits better: it is there already"};
    }
    if (gitApplied && ours.tree == gitTree) {
        return {one.target == Target::Untouched || one.target == Target::Applied ? "equal" : "equal, elsewhere"};
    }
    const bool byRule = allowed.mayApply && ours.tree == allowed.result;
    if (gitApplied) {
        const bool gitMayErr = !allowed.mustApply && byRule;
        return {"applied, git elsewhere", gitMayErr ? "" : "another tree than git's"};
    }
    return {"applied, git refuses", byRule ? "" : "applied what git refuses"};
}

// In memory where the machine has such a place: what is compared is results, not what a disk keeps.
QString arenaTemplate()
{
    const QString memory = QStringLiteral("/dev/shm");
    return (QFileInfo(memory).isWritable() ? memory : QDir::tempPath()) + QStringLiteral("/gitdifferential-XXXXXX");
}

class Arena {
public:
    Arena()
        : m_folder(arenaTemplate())
        , m_root(QFile::encodeName(m_folder.path()))
    {
    }

    Verdict run(const Case &one)
    {
        const QByteArray name = m_root + '/' + QByteArray::number(++m_count);
        const QByteArray oursFolder = name + "-ours";
        const QByteArray gitFolder = name + "-git";
        if (!writeTree(oursFolder, one.tree) || !writeTree(gitFolder, one.tree)) {
            return {"", "the trees could not be written"};
        }
        const auto before = treeSnapshot(QFile::decodeName(oursFolder));
        QByteArray complaint;
        const bool gitApplied = GitDiffs::apply(gitFolder, one.diff, one.gitOptions, &complaint);
        const FileTree gitTree = readTree(gitFolder);

        const Result<Plan> plan = applyDiffTo(QFile::decodeName(oursFolder), one.diff, {}, Durability::Process);
        Ours ours{!plan.ok(), ErrorCode::Internal, {}, readTree(oursFolder)};
        if (!plan) {
            ours.code = plan.error().code;
            ours.message = plan.error().toString().toUtf8();
        }
        bool reverses = false;
        if (plan.ok() && !gitApplied && ours.tree == one.tree) {
            reverses = GitDiffs::apply(gitFolder, one.diff,
                                       one.gitOptions + QStringList{QStringLiteral("-R"), QStringLiteral("--check")});
        }
        Verdict verdict = judged(one, ours, gitApplied, gitTree, reverses);
        if (verdict.wrong.isEmpty() && (!plan || plan->changes.isEmpty())
            && treeSnapshot(QFile::decodeName(oursFolder)) != before) {
            verdict.wrong = "nothing was to change, yet a file is another one";
        }
        if (!verdict.wrong.isEmpty()) {
            verdict.detail = "target:\n" + describe(one.tree) + "git " + (gitApplied ? "applies" : "refuses: ")
                + complaint + ":\n" + describe(gitTree) + "ours " + (plan ? "applies" : "refuses: ") + ours.message
                + ":\n" + describe(ours.tree);
        }
        for (const QByteArray &folder : {oursFolder, gitFolder}) {
            QDir(QFile::decodeName(folder)).removeRecursively();
        }
        return verdict;
    }

private:
    QTemporaryDir m_folder;
    QByteArray m_root;
    int m_count = 0;
};

} // namespace

void TestGitDifferential::initTestCase()
{
    m_git.emplace();
    bool given = false;
    const uint seed = qEnvironmentVariable("PATCHPANEL_TEST_SEED").toUInt(&given);
    m_seed = given ? seed : m_seed;
}

// Runs the cases of one row and reports every wrong one; classes of outcomes that must occur keep the generator honest.
void TestGitDifferential::compareRow(Flavour flavour, const QStringList &options, int pairs,
                                     const QList<Outcomes> &mustOccur)
{
    RandomTree random(flavour, m_seed + qChecksum(QByteArrayView(QTest::currentDataTag())));
    QList<TreePair> trees;
    for (int i = 0; i < pairs; ++i) {
        trees.append(random.pair());
    }
    const QList<QByteArray> diffs = m_git->diffsOf(trees, options);
    QCOMPARE(diffs.size(), pairs);
    const bool withoutContext = options.contains(QStringLiteral("-U0"));
    Arena arena;
    QMap<QByteArray, int> outcomes;
    QMap<QByteArray, int> wrongs;
    int cases = 0;
    for (int i = 0; i < pairs; ++i) {
        Case one{trees[i], diffs[i], sectionsOf(diffs[i]), Target::Untouched, {}, {}};
        one.gitOptions = withoutContext ? QStringList{QStringLiteral("--unidiff-zero")} : QStringList{};
        QSet<QByteArray> seen;
        for (const Target target : targets) {
            one.target = target;
            one.tree = targetTree(target, random, one.pair, one.sections);
            const QByteArray known = describe(one.tree);
            if (seen.contains(known) || (isBinary(one.sections) && target == Target::OtherEndings)) {
                continue;
            }
            seen.insert(known);
            ++cases;
            const Verdict verdict = arena.run(one);
            ++outcomes[verdict.outcome];
            if (!verdict.wrong.isEmpty() && ++wrongs[verdict.wrong] <= 2) {
                qWarning("%s\nPATCHPANEL_TEST_SEED=%u, row \"%s\", pair %d, target %s\ndiff:\n%s\n%s",
                         verdict.wrong.constData(), m_seed, QTest::currentDataTag(), i,
                         targetNames.at(static_cast<std::size_t>(target)), one.diff.constData(),
                         verdict.detail.constData());
            }
        }
    }
    QByteArray summary = QByteArray::number(cases) + " cases:";
    for (auto outcome = outcomes.begin(); outcome != outcomes.end(); ++outcome) {
        summary += ' ' + QByteArray::number(outcome.value()) + ' ' + outcome.key() + ';';
    }
    qInfo("%s", summary.constData());
    for (const Outcomes &anyOf : mustOccur) {
        const bool occurs = std::any_of(anyOf.begin(), anyOf.end(),
                                        [&outcomes](const QByteArray &outcome) { return outcomes.value(outcome) > 0; });
        QVERIFY2(occurs, "no case of the class \"" + anyOf.join("\" or \"") + '"');
    }
    QByteArray failed;
    for (auto wrong = wrongs.begin(); wrong != wrongs.end(); ++wrong) {
        failed += QByteArray::number(wrong.value()) + " × " + wrong.key() + "; ";
    }
    QVERIFY2(failed.isEmpty(), failed);
}

void TestGitDifferential::textDiffs_data()
{
    QTest::addColumn<Flavour>("flavour");
    QTest::addColumn<QString>("context");
    for (const char *context : {"-U0", "-U1", "-U3", "-U10"}) {
        QTest::addRow("lines nearly all different, %s", context) << Flavour::Plain << QString::fromLatin1(context);
        QTest::addRow("lines that repeat, %s", context) << Flavour::Repeated << QString::fromLatin1(context);
        QTest::addRow("odd endings and bytes, %s", context) << Flavour::Endings << QString::fromLatin1(context);
    }
}

void TestGitDifferential::textDiffs()
{
    QFETCH(Flavour, flavour);
    QFETCH(QString, context);
    QList<Outcomes> mustOccur{{"equal"}, {"noop"}, {"refused, git too"}};
    if (context != QLatin1String("-U0")) {
        mustOccur.append({"equal, elsewhere"});
    }
    const bool fewPlaces = context == QLatin1String("-U0") || context == QLatin1String("-U10");
    if (flavour == Flavour::Repeated && !fewPlaces) {
        mustOccur.append({"ambiguous, git applies"});
    }
    compareRow(flavour, {context}, 18, mustOccur);
}

void TestGitDifferential::treeDiffs_data()
{
    QTest::addColumn<QStringList>("options");
    const auto row = [](const char *name, const char *options) {
        QTest::newRow(name) << QString::fromLatin1(options).split(u' ');
    };
    row("files come and go", "-U3 --no-renames");
    row("renames", "-U3 -M");
    row("renames with little alike", "-U1 -M20%");
    row("copies", "-U3 -C --find-copies-harder");
    row("copies with little alike", "-U1 -C20% --find-copies-harder");
    row("rewrites broken up", "-U3 -B20%/50% -M");
    row("whole context", "-U100 -M");
}

void TestGitDifferential::treeDiffs()
{
    QFETCH(QStringList, options);
    compareRow(Flavour::Tree, options, 22,
               {{"equal"}, {"equal, elsewhere", "applied, git refuses"}, {"noop"}, {"refused, git too"}});
}

void TestGitDifferential::binaryDiffs_data()
{
    QTest::addColumn<Flavour>("flavour");
    QTest::newRow("literal") << Flavour::BinaryWhole;
    QTest::newRow("delta") << Flavour::BinaryChanged;
}

void TestGitDifferential::binaryDiffs()
{
    QFETCH(Flavour, flavour);
    compareRow(flavour, {QStringLiteral("--binary"), QStringLiteral("-M")}, 18,
               {{"equal"}, {"noop"}, {"refused, git too"}});
}

QTEST_GUILESS_MAIN(TestGitDifferential)
#include "tst_gitdifferential.moc"
