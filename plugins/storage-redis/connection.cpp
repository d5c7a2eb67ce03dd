#include "connection.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Redis/Array.h>
#include <Poco/Redis/Error.h>
#include <Poco/Redis/RedisStream.h>

#include <algorithm>
#include <string>

#include "deadline_socket.hpp"
#include "failure.hpp"
#include "server_check.hpp"

namespace televisit::storage_redis {
namespace {

using Poco::Redis::RedisType;
using Poco::Redis::Type;

/// The first word of an error's text, unless it is none of Redis' codes.
FailureCode code_of(const std::string& text) {
    const auto word = text.substr(0, text.find(' '));
    const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
    return !word.empty() && std::ranges::all_of(word, fits) ? word : "ERR";
}

template <class T>
T& value_of(RedisType::Ptr reply) {
    return dynamic_cast<Type<T>&>(*reply).value();
}

Reply converted(const RedisType::Ptr& answer) {
    Reply reply;
    if (answer->isError()) {
        reply.failure = code_of(value_of<Poco::Redis::Error>(answer).getMessage());
    } else if (answer->isInteger()) {
        reply.kind = Reply::Kind::integer;
        reply.integer = value_of<Poco::Int64>(answer);
    } else if (answer->isSimpleString()) {
        reply.kind = Reply::Kind::text;
        reply.text = std::move(value_of<std::string>(answer));
    } else if (answer->isBulkString()) {
        auto& text = value_of<Poco::Redis::BulkString>(answer);
        if (text.isNull()) return reply;
        reply.kind = Reply::Kind::text;
        reply.text = std::move(text.value());
    } else if (auto& items = value_of<Poco::Redis::Array>(answer); !items.isNull()) {
        reply.kind = Reply::Kind::list;
        reply.items.reserve(items.size());
        for (const auto& item : items) reply.items.push_back(converted(item));
    }
    return reply;
}

/// What is a replica by now stays one; the master may have its address.
bool is_demoted(const Reply& reply) {
    return reply.failure == "READONLY" || reply.failure == "MASTERDOWN";
}

Poco::Net::SocketAddress address_of(const ConnectionSettings& settings) {
    if (settings.host.empty()) return {Poco::Net::SocketAddress::UNIX_LOCAL, settings.path};
    return {settings.host, settings.port};
}

std::string encoded(Words words) {
    std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
    for (const auto word : words)
        bytes.append("$").append(std::to_string(word.size())).append("\r\n").append(word).append("\r\n");
    return bytes;
}

}  // namespace

struct Connection::Stream {
    Stream() : in(socket) {
        // Without it a stream swallows what its socket throws, and a reply that was cut off looks like one.
        in.exceptions(std::ios::badbit | std::ios::failbit | std::ios::eofbit);
    }
    DeadlineSocket* const deadline = new DeadlineSocket;
    Poco::Net::StreamSocket socket{deadline};  // owns it
    Poco::Redis::RedisInputStream in;
};

Connection::Connection(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionSettings& settings, SteadyTime deadline) {
    const auto connect_by = std::min(deadline, std::chrono::steady_clock::now() + settings.connect_timeout);
    std::unique_ptr<Connection> connection(new Connection(std::make_unique<Stream>()));
    auto& stream = *connection->stream_;
    connection->work_until(connect_by);
    try {
        stream.socket.connect(address_of(settings));
        if (!settings.host.empty()) {
            stream.socket.setNoDelay(true);
            // A peer that vanished is noticed even while nothing is sent.
            stream.socket.setKeepAlive(true);
        }
    } catch (const Poco::TimeoutException&) {
        return no_way_in(kLate);
    } catch (const Poco::Exception&) {
        return no_way_in(kLost);
    }
    if (const auto refused = connection->let_in(settings); !refused.empty()) return no_way_in(refused);
    if (auto fit = check_server(*connection, settings.durable); !fit) return fit.error();
    connection->work_until(deadline);
    return connection;
}

FailureCode Connection::let_in(const ConnectionSettings& settings) {
    if (!settings.user.empty()) {
        if (auto reply = call({"AUTH", settings.user, settings.password}); !reply.ok()) return reply.failure;
    } else if (!settings.password.empty()) {
        if (auto reply = call({"AUTH", settings.password}); !reply.ok()) return reply.failure;
    }
    if (settings.database == 0) return {};
    return call({"SELECT", std::to_string(settings.database)}).failure;
}

void Connection::work_until(SteadyTime deadline) noexcept {
    stream_->deadline->wait_until(deadline);
}

Reply Connection::call(Words words) {
    if (auto failed = send(words); !failed.empty()) return Reply::failed(std::move(failed));
    return receive();
}

FailureCode Connection::send(Words words) {
    if (!spoilt_.empty()) return spoilt_;
    const auto bytes = encoded(words);
    try {
        stream_->socket.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
    } catch (const Poco::TimeoutException&) {
        return noted(kLate);
    } catch (const Poco::Exception&) {
        return noted(kLost);
    }
    ++under_way_;
    return {};
}

Reply Connection::receive() {
    if (!spoilt_.empty()) return Reply::failed(spoilt_);
    try {
        auto answer = RedisType::createRedisType(static_cast<char>(stream_->in.get()));
        if (answer.isNull()) return Reply::failed(noted(kLost));
        answer->read(stream_->in);
        if (under_way_ > 0) --under_way_;
        auto reply = converted(answer);
        if (is_demoted(reply)) noted(reply.failure);
        return reply;
    } catch (const Poco::TimeoutException&) {
        return Reply::failed(noted(kLate));
    } catch (const std::exception&) {
        return Reply::failed(noted(kLost));
    }
}

int Connection::descriptor() const noexcept {
    return stream_->deadline->sockfd();
}

bool Connection::has_received() const noexcept {
    return stream_->in.std::istream::rdbuf()->in_avail() > 0;
}

bool Connection::reusable() const noexcept {
    return spoilt_.empty() && under_way_ == 0;
}

bool Connection::alive() noexcept {
    return !has_received() && stream_->deadline->is_quiet();
}

bool Connection::worth_another_try() const noexcept {
    return spoilt_ == kLost;
}

FailureCode Connection::noted(FailureCode code) {
    spoilt_ = code;
    return code;
}

}  // namespace televisit::storage_redis
