#!/bin/sh
# Calls the part of git's lib-credential.sh that its t0303 leaves out. Run by git-tests.sh in git's t folder.

# shellcheck disable=SC2034
test_description='external credential helper: authtype and credential'

# shellcheck disable=SC1091
. ./test-lib.sh
# shellcheck disable=SC1091
. "$TEST_DIRECTORY"/lib-credential.sh

helper_test_authtype "$GIT_TEST_CREDENTIAL_HELPER"

test_done
