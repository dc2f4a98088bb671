#include "services/common/runsettings.h"

#include "services/common/json.h"

#include <array>

namespace PatchPanel {

namespace {

const QString sandboxKey = QStringLiteral("sandbox");
const QString validateInKey = QStringLiteral("validateIn");
const QString durabilityKey = QStringLiteral("durability");

struct Flag {
    QLatin1String key;
    bool RunSettings::*member;
};

constexpr std::array flags{Flag{QLatin1String("breakHardlinks"), &RunSettings::breakHardlinks},
                           Flag{QLatin1String("gates"), &RunSettings::runGates},
                           Flag{QLatin1String("commit"), &RunSettings::commit}};

// The place of the member's word among `words`, which is the value of its enumeration.
Result<qsizetype> choiceMember(const QJsonObject &object, const QString &key, const QStringList &words)
{
    const Result<QString> word = stringMember(object, key, words.first());
    if (!word) {
        return word.error();
    }
    const qsizetype index = words.indexOf(*word);
    if (index < 0) {
        return Error{ErrorCode::BadRequest,
                     QStringLiteral("expected one of %1, found \"%2\"").arg(words.join(QStringLiteral(", ")), *word),
                     {},
                     QLatin1Char('/') + key};
    }
    return index;
}

} // namespace

QStringList sandboxWords()
{
    return {QStringLiteral("auto"), QStringLiteral("require"), QStringLiteral("off")};
}

QStringList validatePlaceWords()
{
    return {QStringLiteral("place"), QStringLiteral("scratch")};
}

QStringList durabilityWords()
{
    return {QStringLiteral("full"), QStringLiteral("process")};
}

QString toString(ValidatePlace place)
{
    return validatePlaceWords().at(static_cast<int>(place));
}

QJsonObject RunSettings::toJson() const
{
    const RunSettings standard;
    QJsonObject object;
    if (sandbox != standard.sandbox) {
        object.insert(sandboxKey, sandboxWords().at(static_cast<int>(sandbox)));
    }
    if (validateIn != standard.validateIn) {
        object.insert(validateInKey, toString(validateIn));
    }
    if (durability != standard.durability) {
        object.insert(durabilityKey, durabilityWords().at(static_cast<int>(durability)));
    }
    for (const Flag &flag : flags) {
        if (this->*flag.member != standard.*flag.member) {
            object.insert(flag.key, this->*flag.member);
        }
    }
    return object;
}

Result<RunSettings> RunSettings::fromJson(const QJsonObject &object)
{
    const Result<qsizetype> sandbox = choiceMember(object, sandboxKey, sandboxWords());
    const Result<qsizetype> validateIn = choiceMember(object, validateInKey, validatePlaceWords());
    const Result<qsizetype> durability = choiceMember(object, durabilityKey, durabilityWords());
    for (const Result<qsizetype> *choice : {&sandbox, &validateIn, &durability}) {
        if (!*choice) {
            return choice->error();
        }
    }
    RunSettings settings{static_cast<SandboxMode>(*sandbox), static_cast<ValidatePlace>(*validateIn),
                         static_cast<WriteDurability>(*durability)};
    for (const Flag &flag : flags) {
        const Result<bool> value = boolMember(object, flag.key, settings.*flag.member);
        if (!value) {
            return value.error();
        }
        settings.*flag.member = *value;
    }
    return settings;
}

QStringList RunSettings::memberNames()
{
    QStringList names{sandboxKey, validateInKey, durabilityKey};
    for (const Flag &flag : flags) {
        names.append(flag.key);
    }
    return names;
}

} // namespace PatchPanel
