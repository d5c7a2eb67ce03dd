// Owns the precompiled Catch2 header that all tests share; catch_main.cpp cannot, as it makes main().
