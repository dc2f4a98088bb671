#include "services/registry/registryapi.h"

#include "services/common/json.h"
#include "services/http/servermetrics.h"
#include "services/registry/consuljson.h"
#include "services/registry/queryparameters.h"
#include "services/registry/registration.h"
#include "services/registry/servicestable.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QRandomGenerator>

#include <algorithm>

namespace PatchPanel::Registry {

namespace {

constexpr qsizetype mostRendered = 256; // answers that are kept

// Consul tells its errors as plain text.
Http::Response errorText(const Error &error)
{
    return Http::Response::text(error.message.toUtf8(), traitsOf(error.code).httpStatus);
}

// Consul's answer for a datacenter it does not know.
bool isForeign(const Http::Request &request, const Node &node)
{
    const QString datacenter = request.query.queryItemValue(QStringLiteral("dc"), QUrl::FullyDecoded);
    return !datacenter.isEmpty() && datacenter != node.datacenter;
}

Http::Response tooManyWait()
{
    Http::Response response =
        errorText(Error{ErrorCode::TooManyRequests,
                        QStringLiteral("%1 queries wait for news already: try again later").arg(BlockedQueries::most)});
    response.headers.emplaceBack("Retry-After", "5");
    return response;
}

// Spreads the queries that began together, as Consul does.
std::chrono::milliseconds withJitter(std::chrono::milliseconds wait)
{
    const auto most = static_cast<double>(wait.count()) / 16;
    return wait + std::chrono::milliseconds(static_cast<qint64>(QRandomGenerator::global()->generateDouble() * most));
}

Http::Response withIndex(Http::Response response, quint64 index)
{
    response.headers.emplaceBack("X-Consul-Index", QByteArray::number(index));
    response.headers.emplaceBack("X-Consul-KnownLeader", "true");
    response.headers.emplaceBack("X-Consul-LastContact", "0");
    return response;
}

Http::Response jsonText(const QString &value)
{
    Http::Response response = Http::Response::json(QJsonArray{value});
    response.body = response.body.sliced(1, response.body.size() - 2);
    return response;
}

} // namespace

RegistryApi::RegistryApi(ServiceRegistry &registry, Http::Server &server, Node node)
    : m_registry(registry)
    , m_node(std::move(node))
    , m_startedAt(registry.now())
{
    addAgentRoutes(server);
    addStatusRoutes(server);
    addCatalogRoutes(server);
    addHealthRoutes(server);
    addPeopleRoutes(server);
    QObject::connect(&registry, &ServiceRegistry::serviceChanged, &m_blocked, &BlockedQueries::lookForNews);
}

void RegistryApi::setAddress(const QString &address, quint16 port)
{
    m_node.address = address;
    m_node.port = port;
    m_rendered.clear();
}

RegistryApi::~RegistryApi()
{
    m_blocked.answerAll();
}

void RegistryApi::addAgentRoutes(Http::Server &server)
{
    using Http::Request;
    using Http::Response;
    put(server, QStringLiteral("/v1/agent/service/register"), [this](const Request &r) { return registerService(r); });
    put(server, QStringLiteral("/v1/agent/service/deregister/:id"),
        [this](const Request &r) { return m_registry.deregisterService(r.captures.first()); });
    put(server, QStringLiteral("/v1/agent/service/maintenance/:id"),
        [this](const Request &r) { return setMaintenance(r); });

    const std::pair<QString, CheckStatus> beats[] = {
        {QStringLiteral("/v1/agent/check/pass/:id"), CheckStatus::Passing},
        {QStringLiteral("/v1/agent/check/warn/:id"), CheckStatus::Warning},
        {QStringLiteral("/v1/agent/check/fail/:id"), CheckStatus::Critical},
    };
    for (const auto &[pattern, status] : beats) {
        put(server, pattern, [this, status = status](const Request &r) {
            return m_registry.updateCheck(r.captures.first(), status,
                                          r.query.queryItemValue(QStringLiteral("note"), QUrl::FullyDecoded));
        });
    }
    put(server, QStringLiteral("/v1/agent/check/update/:id"), [this](const Request &r) { return updateCheck(r); });

    get(server, QStringLiteral("/v1/agent/self"), [this](const Request &) { return Response::json(agentSelf()); });
    get(server, QStringLiteral("/v1/agent/services"),
        [this](const Request &) { return Response::json(agentServices()); });
    get(server, QStringLiteral("/v1/agent/checks"), [this](const Request &) { return Response::json(agentChecks()); });
}

void RegistryApi::addStatusRoutes(Http::Server &server)
{
    const auto self = [this] {
        return QStringLiteral("%1:%2").arg(m_node.address).arg(m_node.port);
    };
    get(server, QStringLiteral("/v1/status/leader"), [self](const Http::Request &) { return jsonText(self()); });
    get(server, QStringLiteral("/v1/status/peers"),
        [self](const Http::Request &) { return Http::Response::json(QJsonArray{self()}); });
}

void RegistryApi::addCatalogRoutes(Http::Server &server)
{
    using Http::Request;
    using Http::Response;
    const auto never = [](const Request &) {
        return quint64{1};
    };
    query(server, QStringLiteral("/v1/catalog/services"),
          {.index = [this](const Request &) { return m_registry.catalogIndex(); },
           .render =
               [this](const Request &) {
                   return Response::json(catalogServices());
               }});
    query(server, QStringLiteral("/v1/catalog/service/:name"),
          {.index = [this](const Request &r) { return m_registry.indexOf(r.captures.first()); },
           .render =
               [this](const Request &r) {
                   return Response::json(catalogService(r));
               }});
    query(server, QStringLiteral("/v1/catalog/nodes"), {.index = never, .render = [this](const Request &) {
                                                            return Response::json(QJsonArray{nodeJson(m_node)});
                                                        }});
    query(server, QStringLiteral("/v1/catalog/datacenters"), {.index = never, .render = [this](const Request &) {
                                                                  return Response::json(QJsonArray{m_node.datacenter});
                                                              }});
}

void RegistryApi::addHealthRoutes(Http::Server &server)
{
    using Http::Request;
    using Http::Response;
    const auto every = [](const Check &) {
        return true;
    };
    const auto ofService = [this](const Request &r) {
        return m_registry.indexOf(r.captures.first());
    };
    const auto ofAll = [this](const Request &) {
        return m_registry.index();
    };
    query(server, QStringLiteral("/v1/health/service/:name"), {.index = ofService, .render = [this](const Request &r) {
                                                                   return healthService(r);
                                                               }});
    query(server, QStringLiteral("/v1/health/checks/:name"),
          {.index = ofService, .render = [this, every](const Request &r) {
               return Response::json(checks(m_registry.instancesOf(r.captures.first()), every));
           }});
    query(server, QStringLiteral("/v1/health/node/:node"),
          {.index = ofAll, .render = [this, every](const Request &r) {
               const bool isOurs = r.captures.first() == m_node.name;
               return Response::json(isOurs ? checks(m_registry.instances(), every) : QJsonArray{});
           }});
    query(server, QStringLiteral("/v1/health/state/:state"), {.index = ofAll, .render = [this](const Request &r) {
                                                                  return healthState(r);
                                                              }});
}

void RegistryApi::addPeopleRoutes(Http::Server &server)
{
    get(server, QStringLiteral("/services"), [this](const Http::Request &r) { return services(r); });
    get(server, QStringLiteral("/metrics"), [&server](const Http::Request &) {
        Http::PrometheusText text;
        Http::appendServerMetrics(text, server);
        return text.response();
    });
    server.route(
        Http::Method::Get, QStringLiteral("/health"),
        [this](const Http::Request &) { return Http::Response::json(health()); }, Http::Access::Open);
}

void RegistryApi::put(Http::Server &server, const QString &pattern, Command command)
{
    server.route(Http::Method::Put, pattern, [this, command = std::move(command)](const Http::Request &request) {
        m_registry.sweep();
        const Result<void> done = command(request);
        return done ? Http::Response::empty() : errorText(done.error());
    });
}

void RegistryApi::get(Http::Server &server, const QString &pattern, Http::Server::Handler handler)
{
    server.route(Http::Method::Get, pattern, [this, handler = std::move(handler)](const Http::Request &request) {
        if (const Result<void> supported = refuseUnsupported(request.query); !supported) {
            return errorText(supported.error());
        }
        m_registry.sweep();
        return handler(request);
    });
}

void RegistryApi::query(Http::Server &server, const QString &pattern, Query query)
{
    server.routePending(Http::Method::Get, pattern,
                        [this, query = std::make_shared<const Query>(std::move(query))](const Http::Request &request,
                                                                                        Http::Pending pending) {
                            answerOrWait(query, request, std::move(pending));
                        });
}

void RegistryApi::answerOrWait(const std::shared_ptr<const Query> &query, const Http::Request &request,
                               Http::Pending pending)
{
    if (const Result<void> supported = refuseUnsupported(request.query); !supported) {
        pending.answer(errorText(supported.error()));
        return;
    }
    if (isForeign(request, m_node)) {
        pending.answer(Http::Response::text("No path to datacenter", 500));
        return;
    }
    const Result<Blocking> blocking = blockingParameters(request.query);
    if (!blocking) {
        pending.answer(errorText(blocking.error()));
        return;
    }
    m_registry.sweep();
    const quint64 index = query->index(request);
    Http::Response response = withIndex(rendered(*query, request), index);
    // A client whose index is ahead knew another life of this registry: it is told at once how things are now.
    if (blocking->index != index || response.status != 200) {
        pending.answer(response);
    } else if (m_blocked.isFull()) {
        pending.answer(tooManyWait());
    } else {
        wait(query, request, withJitter(blocking->wait), pending);
    }
}

Http::Response RegistryApi::rendered(const Query &query, const Http::Request &request)
{
    if (m_renderedIndex != m_registry.index() || m_rendered.size() >= mostRendered) {
        m_rendered.clear();
        m_renderedIndex = m_registry.index();
    }
    QUrlQuery rendering = request.query;
    for (const QString &ofWaiting : {QStringLiteral("index"), QStringLiteral("wait")}) {
        if (rendering.hasQueryItem(ofWaiting)) { // removing copies the list, also for nothing
            rendering.removeAllQueryItems(ofWaiting);
        }
    }
    const QString key = request.path + u'?' + rendering.query();
    auto found = m_rendered.find(key);
    if (found == m_rendered.end()) {
        found = m_rendered.insert(key, query.render(request));
    }
    return *found;
}

void RegistryApi::wait(const std::shared_ptr<const Query> &query, const Http::Request &request,
                       std::chrono::milliseconds time, const Http::Pending &pending)
{
    const Http::Request kept{.path = request.path, .captures = request.captures, .query = request.query};
    const BlockedQueries::Ticket ticket =
        m_blocked.add({.hasNews = [query, kept, index = query->index(kept)] { return query->index(kept) != index; },
                       .answer =
                           [this, query, kept, pending] {
                               pending.answer(withIndex(rendered(*query, kept), query->index(kept)));
                           }},
                      time);
    pending.onGone([this, ticket] { m_blocked.remove(ticket); });
}

Result<void> RegistryApi::registerService(const Http::Request &request)
{
    const Result<QJsonObject> body = request.json();
    if (!body) {
        return body.error();
    }
    Result<ServiceDefinition> definition = readRegistration(*body);
    if (!definition) {
        return definition.error();
    }
    return m_registry.registerService(*std::move(definition));
}

Result<void> RegistryApi::setMaintenance(const Http::Request &request)
{
    const QString id = request.captures.first();
    if (request.query.queryItemValue(QStringLiteral("enable")).isEmpty()) {
        return Error{ErrorCode::BadRequest, QStringLiteral("Missing value for enable")};
    }
    const Result<bool> enable = boolParameter(request.query, QStringLiteral("enable"));
    if (!enable) {
        return enable.error();
    }
    if (!*enable) {
        return m_registry.leaveMaintenance(id);
    }
    return m_registry.enterMaintenance(id, request.query.queryItemValue(QStringLiteral("reason"), QUrl::FullyDecoded));
}

Result<void> RegistryApi::updateCheck(const Http::Request &request)
{
    const Result<QJsonObject> body = request.json();
    if (!body) {
        return body.error();
    }
    const Result<CheckUpdate> update = readCheckUpdate(*body);
    if (!update) {
        return update.error();
    }
    return m_registry.updateCheck(request.captures.first(), update->status, update->output);
}

QJsonObject RegistryApi::agentSelf() const
{
    const QJsonObject config{{QStringLiteral("Datacenter"), m_node.datacenter},
                             {QStringLiteral("NodeName"), m_node.name},
                             {QStringLiteral("NodeID"), m_node.id},
                             {QStringLiteral("Server"), true},
                             {QStringLiteral("Revision"), QString()},
                             {QStringLiteral("Version"), QStringLiteral(PATCHPANEL_VERSION)}};
    const QJsonObject member{{QStringLiteral("Name"), m_node.name},
                             {QStringLiteral("Addr"), m_node.address},
                             {QStringLiteral("Port"), m_node.port},
                             {QStringLiteral("Status"), 1},
                             {QStringLiteral("Tags"), QJsonObject{}}};
    return {{QStringLiteral("Config"), config},
            {QStringLiteral("Member"), member},
            {QStringLiteral("Meta"), QJsonObject{}}};
}

QJsonObject RegistryApi::agentServices() const
{
    QJsonObject services;
    for (const ServiceInstance &instance : m_registry.instances()) {
        services.insert(instance.definition.id, agentServiceJson(m_node, instance));
    }
    return services;
}

QJsonObject RegistryApi::agentChecks() const
{
    QJsonObject found;
    for (const ServiceInstance &instance : m_registry.instances()) {
        for (const Check &check : instance.checks) {
            found.insert(check.definition.id, checkJson(m_node, instance, check));
        }
    }
    return found;
}

QJsonObject RegistryApi::catalogServices() const
{
    QMap<QString, QStringList> tagsOf;
    for (const ServiceInstance &instance : m_registry.instances()) {
        tagsOf[instance.definition.name] += instance.definition.tags;
    }
    QJsonObject services;
    for (auto service = tagsOf.begin(); service != tagsOf.end(); ++service) {
        service.value().sort();
        service.value().removeDuplicates();
        services.insert(service.key(), QJsonArray::fromStringList(service.value()));
    }
    return services;
}

QJsonArray RegistryApi::catalogService(const Http::Request &request) const
{
    QJsonArray list;
    for (const ServiceInstance &instance : withTags(m_registry.instancesOf(request.captures.first()), request.query)) {
        list.append(catalogServiceJson(m_node, instance));
    }
    return list;
}

Http::Response RegistryApi::healthService(const Http::Request &request) const
{
    const QString name = request.captures.first();
    const Result<bool> onlyPassing = boolParameter(request.query, QStringLiteral("passing"));
    if (!onlyPassing) {
        return errorText(onlyPassing.error());
    }
    QJsonArray entries;
    for (const ServiceInstance &instance : withTags(m_registry.instancesOf(name), request.query)) {
        if (!*onlyPassing || instance.status() == CheckStatus::Passing) {
            entries.append(healthEntryJson(m_node, instance));
        }
    }
    return Http::Response::json(entries);
}

Http::Response RegistryApi::healthState(const Http::Request &request) const
{
    const QString state = request.captures.first();
    const std::optional<CheckStatus> status = checkStatusFromString(state);
    if (!status && state != QStringLiteral("any")) {
        return errorText(
            Error{ErrorCode::BadRequest,
                  QStringLiteral("Unknown state \"%1\": expected any, passing, warning or critical").arg(state)});
    }
    const auto wanted = [status](const Check &check) {
        return !status || check.status == *status;
    };
    return Http::Response::json(checks(m_registry.instances(), wanted));
}

QJsonArray RegistryApi::checks(const QList<ServiceInstance> &instances,
                               const std::function<bool(const Check &)> &wanted) const
{
    QJsonArray list;
    for (const ServiceInstance &instance : instances) {
        for (const Check &check : instance.checks) {
            if (wanted(check)) {
                list.append(checkJson(m_node, instance, check));
            }
        }
    }
    return list;
}

QJsonObject RegistryApi::health() const
{
    const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(m_registry.now() - m_startedAt);
    return {{QStringLiteral("status"), QStringLiteral("passing")},
            {QStringLiteral("service"), QStringLiteral("registry")},
            {QStringLiteral("services"), m_registry.instanceCount()},
            {QStringLiteral("blockedQueries"), m_blocked.size()},
            {QStringLiteral("uptimeSeconds"), static_cast<qint64>(uptime.count())}};
}

Http::Response RegistryApi::services(const Http::Request &request) const
{
    const QList<ServiceRow> rows = serviceRows(m_registry.instances(), m_node, m_registry.now());
    if (request.header("Accept").contains("application/json")) {
        return Http::Response::json(servicesJson(rows));
    }
    return Http::Response::text(servicesText(rows));
}

} // namespace PatchPanel::Registry
