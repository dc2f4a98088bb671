#include "services/registry/registration.h"

#include "services/registry/consuljson.h"
#include "services/registry/goduration.h"

#include <QHash>
#include <QJsonArray>

#include <limits>

namespace PatchPanel::Registry {

namespace {

// The members of a JSON object under their normalised keys. Reads one after another and keeps the first error, so that
// a reader is a list of fields.
class Fields {
public:
    explicit Fields(const QJsonObject &object, QString where = {})
        : m_where(std::move(where))
    {
        for (auto member = object.begin(); member != object.end(); ++member) {
            if (!member.value().isNull()) {
                m_values.insert(member.key().toLower().remove(u'_'), member.value());
            }
        }
    }

    bool contains(const char *key) const { return m_values.contains(normalised(key)); }
    QJsonValue value(const char *key) const { return m_values.value(normalised(key), QJsonValue::Undefined); }
    const std::optional<Error> &error() const { return m_error; }
    QString path(const char *key) const { return m_where + QLatin1String(key); }

    QString string(const char *key)
    {
        const QJsonValue found = value(key);
        if (!found.isUndefined() && !found.isString()) {
            fail(key, QStringLiteral("expected a string"));
        }
        return found.toString();
    }

    int integer(const char *key, int fallback, int least, int most)
    {
        const QJsonValue found = value(key);
        if (found.isUndefined()) {
            return fallback;
        }
        const double number = found.toDouble(std::numeric_limits<double>::quiet_NaN());
        if (!(number >= least && number <= most) || number != static_cast<int>(number)) {
            fail(key, QStringLiteral("expected a whole number from %1 to %2").arg(least).arg(most));
            return fallback;
        }
        return static_cast<int>(number);
    }

    // A Go duration, or its nanoseconds as a number.
    std::chrono::milliseconds duration(const char *key)
    {
        const QJsonValue found = value(key);
        if (found.isUndefined() || found.toString(QStringLiteral("?")).isEmpty()) {
            return {};
        }
        const QString text =
            found.isDouble() ? QStringLiteral("%1ns").arg(found.toDouble(), 0, 'f', 0) : found.toString();
        const std::optional<std::chrono::milliseconds> parsed = parseGoDuration(text);
        if (!parsed) {
            fail(key, QStringLiteral("expected a duration such as \"15s\""));
        }
        return parsed.value_or(std::chrono::milliseconds(0));
    }

    std::optional<CheckStatus> status(const char *key)
    {
        const QString name = string(key);
        const std::optional<CheckStatus> parsed = checkStatusFromString(name);
        if (!parsed && !name.isEmpty()) {
            fail(key, QStringLiteral("expected passing, warning or critical, found \"%1\"").arg(name));
        }
        return parsed;
    }

    QList<QString> strings(const char *key)
    {
        QList<QString> list;
        for (const QJsonValue &item : array(key)) {
            if (!item.isString()) {
                fail(key, QStringLiteral("expected a list of strings"));
            }
            list.append(item.toString());
        }
        return list;
    }

    QMap<QString, QString> stringMap(const char *key)
    {
        QMap<QString, QString> map;
        const QJsonObject members = object(key);
        for (auto member = members.begin(); member != members.end(); ++member) {
            if (!member.value().isString()) {
                fail(key, QStringLiteral("expected strings, found another value under \"%1\"").arg(member.key()));
            }
            map.insert(member.key(), member.value().toString());
        }
        return map;
    }

    QJsonArray array(const char *key)
    {
        const QJsonValue found = value(key);
        if (!found.isUndefined() && !found.isArray()) {
            fail(key, QStringLiteral("expected a list"));
        }
        return found.toArray();
    }

    QJsonObject object(const char *key)
    {
        const QJsonValue found = value(key);
        if (!found.isUndefined() && !found.isObject()) {
            fail(key, QStringLiteral("expected an object"));
        }
        return found.toObject();
    }

    void fail(const char *key, const QString &message) { fail(path(key) + QStringLiteral(": ") + message); }
    void fail(const Error &error) { fail(error.message); }

private:
    static QString normalised(const char *key) { return QString::fromLatin1(key).toLower(); }

    void fail(const QString &message)
    {
        if (!m_error) {
            m_error = Error{ErrorCode::BadRequest, message};
        }
    }

    QString m_where;
    QHash<QString, QJsonValue> m_values;
    std::optional<Error> m_error;
};

Result<CheckDefinition> readCheck(const QJsonValue &value, const QString &where)
{
    if (!value.isObject()) {
        return Error{ErrorCode::BadRequest, where + QStringLiteral(": expected an object")};
    }
    Fields fields(value.toObject(), where + u'.');
    const CheckDefinition check{
        .id = fields.string("CheckID"),
        .name = fields.string("Name"),
        .notes = fields.string("Notes"),
        .ttl = fields.duration("TTL"),
        .deregisterAfter = fields.duration("DeregisterCriticalServiceAfter"),
        .status = fields.status("Status"),
    };
    if (fields.error()) {
        return *fields.error();
    }
    return check;
}

// `Check` (one) and `Checks` (a list) together.
QList<CheckDefinition> readChecks(Fields &fields)
{
    QList<std::pair<QJsonValue, QString>> found;
    if (fields.contains("Check")) {
        found.append({fields.value("Check"), fields.path("Check")});
    }
    const QJsonArray list = fields.array("Checks");
    for (qsizetype i = 0; i < list.size(); ++i) {
        found.append({list[i], QStringLiteral("%1[%2]").arg(fields.path("Checks")).arg(i)});
    }
    QList<CheckDefinition> checks;
    for (const auto &[value, where] : std::as_const(found)) {
        const Result<CheckDefinition> check = readCheck(value, where);
        if (!check) {
            fields.fail(check.error());
            break;
        }
        checks.append(*check);
    }
    return checks;
}

QString durationText(std::chrono::milliseconds duration)
{
    return QStringLiteral("%1ms").arg(duration.count());
}

QJsonObject checkDefinitionJson(const CheckDefinition &check)
{
    return {{QStringLiteral("CheckID"), check.id},
            {QStringLiteral("Name"), check.name},
            {QStringLiteral("Notes"), check.notes},
            {QStringLiteral("TTL"), durationText(check.ttl)},
            {QStringLiteral("DeregisterCriticalServiceAfter"), durationText(check.deregisterAfter)},
            {QStringLiteral("Status"), check.status ? toString(*check.status) : QString()}};
}

} // namespace

Result<ServiceDefinition> readRegistration(const QJsonObject &body)
{
    Fields fields(body);
    ServiceDefinition definition{
        .id = fields.string("ID"),
        .name = fields.string("Name"),
        .tags = fields.strings("Tags"),
        .address = fields.string("Address"),
        .port = static_cast<quint16>(fields.integer("Port", 0, 0, 65535)),
        .meta = fields.stringMap("Meta"),
        .checks = readChecks(fields),
    };
    Fields weights(fields.object("Weights"), QStringLiteral("Weights."));
    definition.passingWeight = weights.integer("Passing", 1, 1, 65535);
    definition.warningWeight = weights.integer("Warning", 1, 0, 65535);
    if (weights.error()) {
        fields.fail(*weights.error());
    }
    if (fields.error()) {
        return *fields.error();
    }
    return definition;
}

Result<CheckUpdate> readCheckUpdate(const QJsonObject &body)
{
    Fields fields(body);
    const std::optional<CheckStatus> status = fields.status("Status");
    const QString output = fields.string("Output");
    if (fields.error()) {
        return *fields.error();
    }
    if (!status) {
        return Error{ErrorCode::BadRequest, QStringLiteral("Status: expected passing, warning or critical")};
    }
    return CheckUpdate{*status, output};
}

QJsonObject registrationJson(const ServiceDefinition &definition)
{
    QJsonArray checks;
    for (const CheckDefinition &check : definition.checks) {
        checks.append(checkDefinitionJson(check));
    }
    return {{QStringLiteral("ID"), definition.id},
            {QStringLiteral("Name"), definition.name},
            {QStringLiteral("Tags"), QJsonArray::fromStringList(definition.tags)},
            {QStringLiteral("Address"), definition.address},
            {QStringLiteral("Port"), definition.port},
            {QStringLiteral("Meta"), stringMapJson(definition.meta)},
            {QStringLiteral("Weights"), weightsJson(definition)},
            {QStringLiteral("Checks"), checks}};
}

} // namespace PatchPanel::Registry
