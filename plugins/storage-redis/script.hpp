#pragma once
/// A Lua script that Redis runs in one step: nothing else happens in between.
///
/// A script checks before it writes, for what it has written stays if it fails afterwards. It begins with `#!lua`, so
/// that Redis itself refuses it before it begins when it may not write (a replica, a full memory, a failing disk).

#include <string>
#include <string_view>
#include <vector>

#include "connection.hpp"

namespace televisit::storage_redis {

class Script {
  public:
    explicit Script(std::string_view text);

    /// Runs it by its digest, and with its text when Redis does not know it (any more).
    Reply run(Connection& connection, Words arguments) const;
    Reply run(Connection& connection, std::initializer_list<std::string_view> arguments) const {
        return run(connection, Words(arguments.begin(), arguments.size()));
    }

  private:
    std::string text_;
    std::string digest_;
};

}  // namespace televisit::storage_redis
