#pragma once

#include "services/http/server.h"
#include "services/registry/blockedqueries.h"
#include "services/registry/node.h"
#include "services/registry/serviceregistry.h"

#include <QHash>

#include <chrono>
#include <functional>
#include <memory>

namespace PatchPanel::Registry {

// The routes of the registry: the part of Consul's HTTP API (v1) that its clients use with its blocking queries,
// /services for people, /metrics of its server and /health. Lives on the server's thread; owned by RegistryService.
// Registry and server must outlive it.
class RegistryApi {
public:
    // Registers every route on `server`, which must not listen yet.
    RegistryApi(ServiceRegistry &registry, Http::Server &server, Node node);
    RegistryApi(const RegistryApi &) = delete;
    RegistryApi &operator=(const RegistryApi &) = delete;
    // Answers the queries that wait.
    ~RegistryApi();

    // Where the server is reached: what /v1/status/leader and the node name.
    void setAddress(const QString &address, quint16 port);

private:
    // An answer of the catalog or the health, and the index that moves when it does.
    struct Query {
        std::function<quint64(const Http::Request &)> index;
        std::function<Http::Response(const Http::Request &)> render;
    };
    using Command = std::function<Result<void>(const Http::Request &)>;

    void addAgentRoutes(Http::Server &server);
    void addStatusRoutes(Http::Server &server);
    void addCatalogRoutes(Http::Server &server);
    void addHealthRoutes(Http::Server &server);
    void addPeopleRoutes(Http::Server &server);

    void put(Http::Server &server, const QString &pattern, Command command);
    void get(Http::Server &server, const QString &pattern, Http::Server::Handler handler);
    // A GET whose answer carries Consul's index headers, and waits for news when the client asks for that.
    void query(Http::Server &server, const QString &pattern, Query query);
    void answerOrWait(const std::shared_ptr<const Query> &query, const Http::Request &request, Http::Pending pending);
    // What the query renders. Nothing a client can see changes without the registry's index: until that moves an answer
    // is made once, however long its clients want to wait.
    Http::Response rendered(const Query &query, const Http::Request &request);
    void wait(const std::shared_ptr<const Query> &query, const Http::Request &request, std::chrono::milliseconds time,
              const Http::Pending &pending);

    Result<void> registerService(const Http::Request &request);
    Result<void> setMaintenance(const Http::Request &request);
    Result<void> updateCheck(const Http::Request &request);

    QJsonObject agentSelf() const;
    QJsonObject agentServices() const;
    QJsonObject agentChecks() const;
    QJsonObject catalogServices() const;
    QJsonArray catalogService(const Http::Request &request) const;
    Http::Response healthService(const Http::Request &request) const;
    Http::Response healthState(const Http::Request &request) const;
    QJsonArray checks(const QList<ServiceInstance> &instances, const std::function<bool(const Check &)> &wanted) const;
    QJsonObject health() const;
    Http::Response services(const Http::Request &request) const;

    ServiceRegistry &m_registry;
    Node m_node;
    std::chrono::steady_clock::time_point m_startedAt;
    BlockedQueries m_blocked;
    QHash<QString, Http::Response> m_rendered; // by path and query without the waiting, as of m_renderedIndex
    quint64 m_renderedIndex = 0;
};

} // namespace PatchPanel::Registry
