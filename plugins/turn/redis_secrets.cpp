#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Redis/Client.h>
#include <Poco/Redis/Command.h>
#include <Poco/URI.h>

#include <charconv>
#include <stdexcept>
#include <utility>

#include "secret_store.hpp"

namespace televisit::turn {

namespace {

constexpr std::uint16_t kPort = 6379;
constexpr int kTimeout = 5;  // seconds

/// A connection for each call: there are two in a rotation.
class RedisSecrets final : public SecretStore {
  public:
    RedisSecrets(const std::string& url, std::string realm) : key_("turn/realm/" + std::move(realm) + "/secret") {
        try {
            const Poco::URI uri(url);
            if (uri.getScheme() != "redis" || uri.getHost().empty())
                throw std::invalid_argument("is neither a postgresql:// nor a redis:// URL");
            host_ = uri.getHost();
            port_ = uri.getPort() == 0 ? kPort : uri.getPort();
            // getUserInfo() is decoded already.
            const auto info = uri.getUserInfo();
            const auto colon = info.find(':');
            user_ = info.substr(0, colon);
            if (colon != std::string::npos) password_ = info.substr(colon + 1);
            if (uri.getPath().size() > 1) database_ = uri.getPath().substr(1);
        } catch (const Poco::Exception&) {
            throw std::invalid_argument("is no URL");
        }
    }

    Result<void> add(const std::string& secret, const CallContext&) override { return run("SADD", secret); }
    Result<void> remove(const std::string& secret, const CallContext&) override { return run("SREM", secret); }

  private:
    Result<void> run(const char* command, const std::string& secret) const {
        try {
            Poco::Redis::Client client;
            client.connect(Poco::Net::SocketAddress(host_, port_), Poco::Timespan(kTimeout, 0));
            client.setReceiveTimeout(Poco::Timespan(kTimeout, 0));
            if (!password_.empty()) {
                Poco::Redis::Command auth("AUTH");
                if (!user_.empty()) auth << user_;
                auth << password_;
                client.execute<std::string>(auth);
            }
            if (!database_.empty()) {
                Poco::Redis::Command select("SELECT");
                select << database_;
                client.execute<std::string>(select);
            }
            Poco::Redis::Command change(command);
            change << key_ << secret;
            client.execute<Poco::Int64>(change);
            return {};
        } catch (const Poco::Exception&) {  // whose text may hold what was sent
            return error(Errc::unavailable, std::string("Redis with coturn's secrets does not take ") + command +
                                                ": is it there, and are user and password right?");
        }
    }

    const std::string key_;
    std::string host_;
    std::uint16_t port_ = kPort;
    std::string user_;
    std::string password_;
    std::string database_;
};

}  // namespace

std::unique_ptr<SecretStore> redis_secrets(const std::string& url, std::string realm) {
    return std::make_unique<RedisSecrets>(url, std::move(realm));
}

}  // namespace televisit::turn
