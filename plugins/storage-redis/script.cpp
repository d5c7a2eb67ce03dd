#include "script.hpp"

#include <Poco/SHA1Engine.h>

namespace televisit::storage_redis {
namespace {

std::string digest_of(std::string_view text) {
    // Redis names a script so; nothing is protected by it.
    Poco::SHA1Engine engine;
    engine.update(text.data(), text.size());
    return Poco::DigestEngine::digestToHex(engine.digest());
}

}  // namespace

Script::Script(std::string_view text) : text_(text), digest_(digest_of(text)) {}

Reply Script::run(Connection& connection, Words arguments) const {
    // No keys are declared: those that a write concerns are found by the script itself.
    std::vector<std::string_view> words{"EVALSHA", digest_, "0"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    auto reply = connection.call(words);
    if (reply.failure != "NOSCRIPT") return reply;
    words[0] = "EVAL";
    words[1] = text_;
    return connection.call(words);
}

}  // namespace televisit::storage_redis
