#include "ui/desktop/settingrows.h"

#include "ui/models/background.h"
#include "ui/style/labels.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>

#include <utility>

namespace PatchPanel::Ui {

namespace {

constexpr int numberWidth = 140;

ToneLabel *makeNote(const QString &text)
{
    auto *label = new ToneLabel(text, Tone::Muted);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QStringList monospacedFamilies()
{
    QStringList found;
    for (const QString &family : QFontDatabase::families()) {
        if (QFontDatabase::isFixedPitch(family) && !QFontDatabase::isPrivateFamily(family)) {
            found.append(family);
        }
    }
    return found;
}

// The monospaced fonts. Asking every font of the system whether it is one opens them all, so another thread does it.
class FontBox : public QComboBox {
public:
    FontBox()
    {
        setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        setMinimumContentsLength(28);
        addItem(SettingRows::tr("System (%1)").arg(QFontDatabase::systemFont(QFontDatabase::FixedFont).family()),
                QString());
        inBackground(
            this, [] { return monospacedFamilies(); },
            [this](const QStringList &families) {
                for (const QString &family : families) {
                    add(family);
                }
            });
    }

    void choose(const QString &family)
    {
        add(family);
        setCurrentIndex(findData(family));
    }

private:
    void add(const QString &family)
    {
        if (findData(family) < 0) {
            addItem(family, family);
        }
    }
};

} // namespace

SettingRows::SettingRows(QStringList given, QWidget *parent)
    : QWidget(parent)
    , m_given(std::move(given))
    , m_layout(new QGridLayout(this))
{
    m_layout->setContentsMargins(16, 16, 16, 16);
    m_layout->setHorizontalSpacing(16);
    m_layout->setVerticalSpacing(2);
    m_layout->setColumnStretch(1, 1);
}

template <typename Value>
void SettingRows::addEditor(const Row &row, QWidget *editor, const Access<Value> &access,
                            const std::function<void(const Value &)> &show)
{
    m_show.append([access, show](const Preferences &values) { show(access.get(values)); });
    m_defaults.append([access](Preferences &values) { access.set(values, access.get(Preferences{})); });
    layOut(row, editor);
}

void SettingRows::addNumber(const Row &row, int least, int most, const QString &suffix, const Access<int> &access,
                            const QString &leastText)
{
    auto *number = new QSpinBox;
    number->setRange(least, most);
    number->setSuffix(suffix);
    number->setSpecialValueText(leastText);
    number->setKeyboardTracking(false); // 5040 is not 5, 50 and 504 first
    number->setMinimumWidth(numberWidth);
    connect(number, &QSpinBox::valueChanged, this, [this, access](int value) {
        announce([access, value](Preferences &values) { access.set(values, value); });
    });
    addEditor<int>(row, number, access, [number](int value) { number->setValue(value); });
}

void SettingRows::addChoice(const Row &row, const QStringList &choices, const Access<int> &access)
{
    auto *box = new QComboBox;
    box->addItems(choices);
    connect(box, &QComboBox::currentIndexChanged, this, [this, access](int index) {
        announce([access, index](Preferences &values) { access.set(values, index); });
    });
    addEditor<int>(row, box, access, [box](int index) { box->setCurrentIndex(index); });
}

void SettingRows::addSwitch(const Row &row, const Access<bool> &access)
{
    auto *box = new QCheckBox(row.name);
    connect(box, &QCheckBox::toggled, this,
            [this, access](bool on) { announce([access, on](Preferences &values) { access.set(values, on); }); });
    addEditor<bool>(row, box, access, [box](bool on) { box->setChecked(on); });
}

void SettingRows::addText(const Row &row, const QString &placeholder,
                          const std::function<QString(const QString &)> &whatIsWrong, const Access<QString> &access)
{
    auto *text = new QLineEdit;
    text->setPlaceholderText(placeholder);
    auto *wrong = new ToneLabel(Tone::Error);
    wrong->setWordWrap(true);
    wrong->hide();
    connect(text, &QLineEdit::editingFinished, this, [this, text, wrong, whatIsWrong, access] {
        const QString value = text->text().trimmed();
        const QString problem = whatIsWrong(value);
        wrong->setText(problem);
        wrong->setVisible(!problem.isEmpty());
        if (problem.isEmpty()) {
            announce([access, value](Preferences &values) { access.set(values, value); });
        }
    });
    addEditor<QString>(row, text, access, [text, wrong](const QString &value) {
        text->setText(value);
        wrong->hide();
    });
    m_layout->addWidget(wrong, m_layout->rowCount(), 1);
}

void SettingRows::addFont(const Row &row, const Access<QString> &access)
{
    auto *box = new FontBox;
    connect(box, &QComboBox::activated, this, [this, box, access] {
        const QString family = box->currentData().toString();
        announce([access, family](Preferences &values) { access.set(values, family); });
    });
    addEditor<QString>(row, box, access, [box](const QString &family) { box->choose(family); });
}

void SettingRows::layOut(const Row &row, QWidget *editor)
{
    const int line = m_layout->rowCount();
    editor->setObjectName(row.key);
    QString plain = row.name;
    editor->setAccessibleName(plain.remove(u'&'));
    const bool isSwitch = qobject_cast<QCheckBox *>(editor) != nullptr;
    const bool isWide = qobject_cast<QLineEdit *>(editor) != nullptr;
    if (line > 1) {
        m_layout->setRowMinimumHeight(line, 12);
    }
    if (!isSwitch) {
        auto *label = new QLabel(row.name);
        label->setBuddy(editor);
        m_layout->addWidget(label, line + 1, 0);
    }
    m_layout->addWidget(editor, line + 1, 1, isWide ? Qt::Alignment() : Qt::AlignLeft);
    QStringList hints;
    if (const QString option = optionFor(row.key); !option.isEmpty() && m_given.contains(option)) {
        editor->setEnabled(false);
        hints.append(tr("The command line says it: --%1.").arg(option));
    }
    if (!row.note.isEmpty()) {
        hints.append(row.note);
    }
    const QString standard = tr("Default: %1 · %2").arg(row.standard, QString(row.key));
    auto *note = makeNote((hints.isEmpty() ? QString() : hints.join(u' ') + u'\n') + standard);
    editor->setAccessibleDescription((hints + QStringList{standard}).join(u' '));
    m_layout->addWidget(note, line + 2, 1);
}

void SettingRows::addFact(const QString &name, const QString &value, const QString &note)
{
    const int line = m_layout->rowCount();
    m_layout->setRowMinimumHeight(line, line > 1 ? 12 : 0);
    m_layout->addWidget(new QLabel(name), line + 1, 0);
    auto *shown = new QLabel(value);
    shown->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_layout->addWidget(shown, line + 1, 1);
    m_layout->addWidget(makeNote(note), line + 2, 1);
}

void SettingRows::show(const Preferences &values)
{
    m_isShowing = true;
    for (const auto &showOne : std::as_const(m_show)) {
        showOne(values);
    }
    m_isShowing = false;
}

void SettingRows::restoreDefaults()
{
    announce([this](Preferences &values) {
        for (const Change &toDefault : std::as_const(m_defaults)) {
            toDefault(values);
        }
    });
}

void SettingRows::endRows()
{
    m_layout->setRowStretch(m_layout->rowCount(), 1);
}

void SettingRows::announce(const std::function<void(Preferences &)> &change)
{
    if (!m_isShowing) {
        Q_EMIT edited(change);
    }
}

} // namespace PatchPanel::Ui
