#pragma once
// Included before anything else of kernel/net, in the build that measures wslay in the codec's place.
#include "wslay_decoder.hpp"
#define WsDecoder WslayDecoder
