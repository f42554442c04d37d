/* How calls of the Credential Manager travel between libwine_advapi32.so and wine_bridge.exe: in the
 * machine's own byte order, each number in 4 bytes, each text or blob as its length in bytes and then
 * these bytes; ABSENT is the length of NULL. A request begins with one of the letters below, an answer
 * with the function's result and the last error. */
#ifndef TEST_WIRE_H
#define TEST_WIRE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define WRITE 'w'
#define READ 'r'
#define DELETE 'd'
#define ENUMERATE 'e'
#define ABSENT 0xffffffffu

static FILE *wire_in, *wire_out;

/* A broken wire means that the test is over; the shim's side counts that as a failed call. */
static int wire_broken;

static void put(const void *from, size_t size) {
  if (fwrite(from, 1, size, wire_out) != size) wire_broken = 1;
}

static void put_number(uint32_t number) {
  put(&number, sizeof number);
}

static void put_bytes(const void *from, uint32_t size) {
  put_number(from ? size : ABSENT);
  if (from) put(from, size);
}

static void put_text(const void *text) {
  const uint16_t *c = text;
  uint32_t length = 0;
  while (c && c[length]) length++;
  put_bytes(text, 2 * length + 2);
}

static void get(void *to, size_t size) {
  if (wire_broken || fread(to, 1, size, wire_in) != size) wire_broken = 1;
}

static uint32_t get_number(void) {
  uint32_t number = 0;
  get(&number, sizeof number);
  return wire_broken ? 0 : number;
}

/* Allocated by malloc. */
static void *get_bytes(uint32_t *size) {
  uint32_t length = get_number();
  if (size) *size = length == ABSENT ? 0 : length;
  if (length == ABSENT || wire_broken) return NULL;
  void *bytes = malloc(length ? length : 1);
  get(bytes, length);
  return bytes;
}

#endif
