#pragma once
/// Naming threads, for `top -H` and debuggers.

#include <pthread.h>

#include <string>

namespace televisit::runtime {

/// The system keeps 15 characters.
inline void name_this_thread(const std::string& name) noexcept {
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

}  // namespace televisit::runtime
