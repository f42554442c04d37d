#!/bin/sh
# Calls the part of git's lib-credential.sh that its t0303 leaves out. Run by git-tests.sh in git's t folder.

test_description='external credential helper: authtype and credential'

. ./test-lib.sh
. "$TEST_DIRECTORY"/lib-credential.sh

helper_test_authtype "$GIT_TEST_CREDENTIAL_HELPER"

test_done
