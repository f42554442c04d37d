package io.github.gitcredentialpat.notice;

/**
 * What a person is shown on their desktop.
 *
 * @param title one line
 * @param text what to do, in one line
 * @param isUrgent whether it is to stay until they have seen it
 */
public record Notice(String title, String text, boolean isUrgent) {}
