#pragma once
/// Redis over a blocking socket and nothing else: the yardstick.

#include <initializer_list>
#include <string>
#include <string_view>

namespace televisit::load {

class BareRedis {
  public:
    /// `place`: the path of a unix socket, or a port of loopback. Throws `std::runtime_error`, as every call.
    explicit BareRedis(const std::string& place);
    ~BareRedis();
    BareRedis(const BareRedis&) = delete;
    BareRedis& operator=(const BareRedis&) = delete;

    /// One command; its reply, which is one line, or one text with its length.
    std::string call(std::initializer_list<std::string_view> words);

  private:
    int socket_;
    std::string command_;
    std::string reply_;
};

}  // namespace televisit::load
