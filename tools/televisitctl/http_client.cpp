#include "http_client.hpp"

#include <Poco/Dynamic/Var.h>
#include <Poco/Exception.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>

#include <memory>

namespace televisit::ctl {

namespace {

using Poco::Net::HTTPClientSession;
using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;

std::unique_ptr<HTTPClientSession> open(const UnixSocket& socket, Poco::Timespan timeout) {
    const Poco::Net::SocketAddress address(Poco::Net::SocketAddress::UNIX_LOCAL, socket.path);
    Poco::Net::StreamSocket stream;
    stream.connect(address, timeout);
    return std::make_unique<HTTPClientSession>(stream);
}

std::unique_ptr<HTTPClientSession> open(const Origin& origin, Poco::Timespan timeout) {
    const Poco::URI uri(origin.url);
    const bool secure = uri.getScheme() == "https";
    if (!secure && uri.getScheme() != "http")
        throw Poco::InvalidArgumentException("only http:// and https:// are spoken, not " + origin.url);
    // RFC 6761 section 6.3: that name is this machine, also where no hosts file says so.
    const std::string host = uri.getHost() == "localhost" ? "127.0.0.1" : uri.getHost();
    Poco::Net::StreamSocket stream;
    stream.connect(Poco::Net::SocketAddress(host, uri.getPort()), timeout);
    stream.setReceiveTimeout(timeout);
    stream.setSendTimeout(timeout);
    return std::make_unique<HTTPClientSession>(secure ? secured(stream, uri.getHost(), origin.trust) : stream);
}

std::string authority_of(const UnixSocket&) {
    return "localhost";
}

std::string authority_of(const Origin& origin) {
    return Poco::URI(origin.url).getAuthority();
}

std::string name_of(const UnixSocket& socket) {
    return socket.path;
}

std::string name_of(const Origin& origin) {
    return origin.url;
}

HttpAnswer exchange(HTTPClientSession& session, const HttpCall& call, const std::string& authority) {
    HTTPRequest request(std::string(call.method), std::string(call.path), HTTPRequest::HTTP_1_1);
    request.setHost(authority);
    if (!call.bearer.empty()) request.set("Authorization", "Bearer " + std::string(call.bearer));
    if (!call.json.empty()) request.setContentType("application/json");
    if (call.method != "GET") request.setContentLength(static_cast<int>(call.json.size()));
    session.sendRequest(request) << call.json;
    HTTPResponse response;
    HttpAnswer answer;
    std::istream& body = session.receiveResponse(response);
    Poco::StreamCopier::copyToString(body, answer.body);
    answer.status = response.getStatus();
    return answer;
}

}  // namespace

Result<HttpAnswer> call(const Endpoint& endpoint, const HttpCall& call) {
    const std::string name = std::visit([](const auto& place) { return name_of(place); }, endpoint);
    try {
        const Poco::Timespan timeout(static_cast<long>(call.timeout.count()), 0);
        const auto session = std::visit([&](const auto& place) { return open(place, timeout); }, endpoint);
        session->setTimeout(timeout);
        return exchange(*session, call, std::visit([](const auto& place) { return authority_of(place); }, endpoint));
    } catch (const Poco::Exception& fault) {
        return error(Errc::unavailable, "no answer from " + name + ": " + fault.displayText());
    }
}

std::string refusal(const HttpAnswer& answer) {
    std::string text = std::to_string(answer.status);
    try {
        const auto problem = Poco::JSON::Parser().parse(answer.body).extract<Poco::JSON::Object::Ptr>();
        text += " " + problem->optValue<std::string>("code", "");
        text += ": " + problem->optValue<std::string>("detail", problem->optValue<std::string>("title", ""));
        const auto fields = problem->getArray("errors");
        for (std::size_t i = 0; fields && i < fields->size(); ++i) {
            const auto field = fields->getObject(static_cast<unsigned>(i));
            if (field)
                text += "\n  " + field->optValue<std::string>("pointer", "") + ": " +
                        field->optValue<std::string>("message", "");
        }
    } catch (const Poco::Exception&) {
        // Not a problem document: the status alone has to do.
    }
    return text;
}

}  // namespace televisit::ctl
