#!/bin/sh
# Records docs/demo.svg anew, after mvn verify has made target/image: what the README shows is what the program prints.
set -eu
cd "$(dirname "$0")/../../.."
mvn -q -B test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/test-classpath
java -cp "target/test-classes:target/classes:$(cat target/test-classpath)" \
  io.github.gitcredentialpat.endtoend.DemoRecording docs/demo.svg
