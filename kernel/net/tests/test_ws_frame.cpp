#include <catch2/catch.hpp>

#include "net/ws_frame.hpp"
