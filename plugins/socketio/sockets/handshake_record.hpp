#pragma once
/// The request a client came in with, kept small for as long as it is connected.

#include <string>
#include <utility>
#include <vector>

#include "televisit/sdk/http.hpp"

namespace televisit::socketio {

struct HandshakeFields {
    std::vector<std::pair<std::string, std::string>> query;
    std::vector<HttpHeader> headers;
    std::string remote_address;
};

/// One block of memory instead of some thirty; without `whole` only the address, which has a place in here.
class HandshakeRecord {
  public:
    HandshakeRecord(const HttpRequest& request, bool whole);
    HandshakeFields read() const;

  private:
    std::string text_;
};

}  // namespace televisit::socketio
