# Counts the test cases in CTest's LastTest.log: those that Catch2, node's runner and Python's unittest report; any other
# program is one case. A program that failed without saying which case did counts as one failure.
# Prints "passed failed skipped", then the names of the programs that failed.

function close_test() {
    if (name == "") return
    if (!counted) { passed = ok ? 1 : 0; failed = ok ? 0 : 1; skipped = 0 }
    if (!ok && failed == 0) failed = 1
    if (!ok) names = names " " name
    all_passed += passed; all_failed += failed; all_skipped += skipped
    name = ""
}

/^[0-9]+\/[0-9]+ Testing: / {
    close_test()
    name = $3; ok = 0; counted = 0; passed = 0; failed = 0; skipped = 0
}
/^All tests passed \([0-9]+ assertions? in [0-9]+ test cases?\)/ {
    match($0, /in [0-9]+ test/); passed = substr($0, RSTART + 3) + 0; failed = 0; counted = 1
}
/^test cases: / {
    counted = 1; passed = 0; failed = 0
    count = split($0, part, "|")
    for (i = 2; i <= count; i++) {
        if (part[i] ~ /passed/) passed = part[i] + 0
        if (part[i] ~ /failed/) failed += part[i] + 0
    }
}
/^(#|ℹ) pass [0-9]+$/ { passed = $3; counted = 1 }
/^(#|ℹ) fail [0-9]+$/ { failed += $3; counted = 1 }
/^(#|ℹ) cancelled [0-9]+$/ { failed += $3 }
/^(#|ℹ) skipped [0-9]+$/ { skipped = $3 }
/^Ran [0-9]+ tests? in / { passed = $2; failed = 0; counted = 1 }
/^FAILED \((failures|errors)=/ {
    bad = 0
    while (match($0, /(failures|errors)=[0-9]+/)) {
        split(substr($0, RSTART, RLENGTH), part, "=")
        bad += part[2]
        $0 = substr($0, RSTART + RLENGTH)
    }
    failed = bad; passed -= bad
}
/^Test Passed\.$/ { ok = 1 }
END {
    close_test()
    printf "%d %d %d%s\n", all_passed, all_failed, all_skipped, names
}
