#pragma once
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace televisit::load {

/// The run cannot go on: wrong arguments, or nothing to measure. Ends the program with status 1.
class Failure : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// A failure of the system call that was just made.
inline Failure call_failed(const std::string& what) {
    return Failure(what + ": " + std::strerror(errno));
}

}  // namespace televisit::load
