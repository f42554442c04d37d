/*
 * A stand-in for the parts of macOS's CoreFoundation and Security that keep passwords.
 *
 * It keeps its items in memory and is stricter than the real thing: whatever is released once too
 * often, used after its release, of another type than a function or an attribute wants, or unknown,
 * is noted as a fault; objects that nobody released can be counted, and so can secrets that were
 * still readable in an object when it was freed. The functions that begin with standin_ are the
 * tests' own.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* CFBase.h, CFString.h, CFNumber.h, CFDictionary.h, SecBase.h for 64-bit macOS. */
typedef signed long CFIndex;
typedef unsigned long CFTypeID;
typedef unsigned char Boolean;
typedef unsigned char UInt8;
typedef int32_t OSStatus;
typedef uint32_t CFStringEncoding;
typedef CFIndex CFNumberType;
typedef const void *CFTypeRef;
typedef struct {
  CFIndex version;
  const void *(*retain)(const void *allocator, const void *value);
  void (*release)(const void *allocator, const void *value);
  const void *(*copyDescription)(const void *value);
  Boolean (*equal)(const void *one, const void *other);
  unsigned long (*hash)(const void *value);
} CFDictionaryKeyCallBacks;
typedef struct {
  CFIndex version;
  const void *(*retain)(const void *allocator, const void *value);
  void (*release)(const void *allocator, const void *value);
  const void *(*copyDescription)(const void *value);
  Boolean (*equal)(const void *one, const void *other);
} CFDictionaryValueCallBacks;

_Static_assert(sizeof(CFIndex) == 8, "CFIndex");
_Static_assert(sizeof(CFTypeID) == 8, "CFTypeID");
_Static_assert(sizeof(CFNumberType) == 8, "CFNumberType is based on CFIndex");
_Static_assert(sizeof(CFStringEncoding) == 4, "CFStringEncoding");
_Static_assert(sizeof(Boolean) == 1, "Boolean");
_Static_assert(sizeof(OSStatus) == 4, "OSStatus");
_Static_assert(sizeof(CFTypeRef) == 8, "CFTypeRef");
_Static_assert(sizeof(CFDictionaryKeyCallBacks) == 48, "CFDictionaryKeyCallBacks");
_Static_assert(offsetof(CFDictionaryKeyCallBacks, hash) == 40, "CFDictionaryKeyCallBacks.hash");
_Static_assert(sizeof(CFDictionaryValueCallBacks) == 40, "CFDictionaryValueCallBacks");

enum { UTF8 = 0x08000100, SINT32 = 3 };
enum {
  SUCCESS = 0,
  USER_CANCELED = -128,
  PARAM = -50,
  DUPLICATE = -25299,
  NOT_FOUND = -25300,
  INTERACTION_NOT_ALLOWED = -25308
};

/* ---------- objects ---------- */

enum { BOOLEAN = 1, STRING = 7, NUMBER = 22, DATA = 20, DICTIONARY = 18, ARRAY = 19 };
enum { ALIVE = 0x0b1ec7, DEAD = 0xdead };

typedef struct object {
  unsigned magic;
  CFTypeID type;
  long references; /* 0 for a constant: it is never freed */
  Boolean is_mutable;
  CFIndex length;      /* bytes, or pairs of a dictionary, or elements of an array */
  UInt8 *bytes;        /* string (UTF-8), data */
  int32_t number;      /* number, boolean */
  Boolean is_public;   /* data: a reference, and no secret */
  struct object **all; /* dictionary: keys and values in turn; array: elements */
  struct object *next; /* the one made before; none is freed while a test runs */
} object;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static object *objects;
static long live, unwiped;
static char fault[512];

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...) {
  if (fault[0] == 0) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault, sizeof fault, format, arguments);
    va_end(arguments);
  }
}

static object *make(CFTypeID type) {
  object *made = calloc(1, sizeof *made);
  made->magic = ALIVE;
  made->type = type;
  made->references = 1;
  made->next = objects;
  objects = made;
  live++;
  return made;
}

static object *make_bytes(CFTypeID type, const void *bytes, CFIndex length) {
  object *made = make(type);
  made->length = length;
  made->bytes = calloc(1, length + 1);
  if (bytes != NULL) {
    memcpy(made->bytes, bytes, length);
  }
  return made;
}

/* The object, if it is alive and of that type (0: of any). Freed ones stay allocated to be recognized. */
static object *check(const void *reference, CFTypeID type, const char *where) {
  object *known = (object *)reference;
  if (known == NULL) {
    note("%s: NULL", where);
    return NULL;
  }
  if (known->magic == DEAD) {
    note("%s: an object that was freed before", where);
    return NULL;
  }
  if (known->magic != ALIVE) {
    note("%s: no object", where);
    return NULL;
  }
  if (type != 0 && known->type != type) {
    note("%s: type %lu where %lu is wanted", where, known->type, type);
    return NULL;
  }
  return known;
}

static object *retain(object *known) {
  if (known->references > 0) {
    known->references++;
  }
  return known;
}

static void release(object *known) {
  if (known->references == 0 || --known->references > 0) {
    return;
  }
  if (known->type == DATA && !known->is_public) {
    for (CFIndex i = 0; i < known->length; i++) {
      if (known->bytes[i] != 0) {
        unwiped++;
        break;
      }
    }
  }
  CFIndex count = known->type == DICTIONARY ? 2 * known->length : known->length;
  for (CFIndex i = 0; known->all != NULL && i < count; i++) {
    release(known->all[i]);
  }
  free(known->all);
  free(known->bytes);
  known->all = NULL;
  known->bytes = NULL;
  known->magic = DEAD;
  live--;
}

static Boolean equal(const object *one, const object *other) {
  if (one == other) {
    return 1;
  }
  return one->type == other->type && one->type == STRING && one->length == other->length
         && memcmp(one->bytes, other->bytes, one->length) == 0;
}

static object *get(const object *dictionary, const object *key) {
  for (CFIndex i = 0; i < dictionary->length; i++) {
    if (equal(dictionary->all[2 * i], key)) {
      return dictionary->all[2 * i + 1];
    }
  }
  return NULL;
}

static void set(object *dictionary, object *key, object *value) {
  retain(key);
  retain(value);
  for (CFIndex i = 0; i < dictionary->length; i++) {
    if (equal(dictionary->all[2 * i], key)) {
      release(dictionary->all[2 * i]);
      release(dictionary->all[2 * i + 1]);
      dictionary->all[2 * i] = key;
      dictionary->all[2 * i + 1] = value;
      return;
    }
  }
  dictionary->length++;
  dictionary->all = realloc(dictionary->all, 2 * dictionary->length * sizeof(object *));
  dictionary->all[2 * dictionary->length - 2] = key;
  dictionary->all[2 * dictionary->length - 1] = value;
}

/* ---------- constants: variables that hold the address of an object ---------- */

#define CONSTANT(name)                                                                              \
  static UInt8 name##_text[] = #name;                                                               \
  static object name##_object = {ALIVE, STRING, 0, 0, sizeof #name - 1, name##_text, 0, 0, NULL, NULL}; \
  CFTypeRef name = &name##_object;

CONSTANT(kSecClass)
CONSTANT(kSecClassInternetPassword)
CONSTANT(kSecClassGenericPassword)
CONSTANT(kSecAttrAccount)
CONSTANT(kSecAttrServer)
CONSTANT(kSecAttrProtocol)
CONSTANT(kSecAttrProtocolHTTP)
CONSTANT(kSecAttrProtocolHTTPS)
CONSTANT(kSecAttrPath)
CONSTANT(kSecAttrPort)
CONSTANT(kSecAttrAuthenticationType)
CONSTANT(kSecAttrAuthenticationTypeHTMLForm)
CONSTANT(kSecAttrService)
CONSTANT(kSecAttrSecurityDomain)
CONSTANT(kSecAttrLabel)
CONSTANT(kSecAttrDescription)
CONSTANT(kSecAttrComment)
CONSTANT(kSecAttrCreator)
CONSTANT(kSecAttrType)
CONSTANT(kSecValueData)
CONSTANT(kSecReturnData)
CONSTANT(kSecReturnAttributes)
CONSTANT(kSecReturnPersistentRef)
CONSTANT(kSecValuePersistentRef)
CONSTANT(kSecMatchItemList)
CONSTANT(kSecMatchLimit)
CONSTANT(kSecMatchLimitOne)
CONSTANT(kSecMatchLimitAll)

static object true_object = {ALIVE, BOOLEAN, 0, 0, 0, NULL, 1, 0, NULL, NULL};
static object false_object = {ALIVE, BOOLEAN, 0, 0, 0, NULL, 0, 0, NULL, NULL};
CFTypeRef kCFBooleanTrue = &true_object;
CFTypeRef kCFBooleanFalse = &false_object;

/* Structures, not pointers: what counts is their address. */
const CFDictionaryKeyCallBacks kCFTypeDictionaryKeyCallBacks = {0, NULL, NULL, NULL, NULL, NULL};
const CFDictionaryValueCallBacks kCFTypeDictionaryValueCallBacks = {0, NULL, NULL, NULL, NULL};
const CFDictionaryValueCallBacks kCFTypeArrayCallBacks = {0, NULL, NULL, NULL, NULL};

/* ---------- CoreFoundation ---------- */

#define LOCKED_CALL pthread_mutex_lock(&lock)
#define RETURN(value)            \
  do {                           \
    __typeof__(value) r = value; \
    pthread_mutex_unlock(&lock); \
    return r;                    \
  } while (0)

void CFRelease(CFTypeRef reference) {
  LOCKED_CALL;
  object *known = check(reference, 0, "CFRelease");
  if (known != NULL && known->references == 0) {
    note("CFRelease: a constant");
  } else if (known != NULL) {
    release(known);
  }
  pthread_mutex_unlock(&lock);
}

CFTypeID CFGetTypeID(CFTypeRef reference) {
  LOCKED_CALL;
  object *known = check(reference, 0, "CFGetTypeID");
  RETURN(known == NULL ? 0UL : known->type);
}

CFTypeID CFStringGetTypeID(void) { return STRING; }

CFTypeRef CFStringCreateWithBytes(
    CFTypeRef allocator, const UInt8 *bytes, CFIndex length, CFStringEncoding encoding, Boolean external) {
  LOCKED_CALL;
  if (allocator != NULL || encoding != UTF8 || external != 0 || length < 0) {
    note("CFStringCreateWithBytes: encoding %x, length %ld, external %d", encoding, length, external);
    RETURN((CFTypeRef)NULL);
  }
  RETURN((CFTypeRef)make_bytes(STRING, bytes, length));
}

/* In UTF-16 units, as on macOS. */
CFIndex CFStringGetLength(CFTypeRef string) {
  LOCKED_CALL;
  object *known = check(string, STRING, "CFStringGetLength");
  CFIndex units = 0;
  for (CFIndex i = 0; known != NULL && i < known->length; i++) {
    UInt8 byte = known->bytes[i];
    units += (byte & 0xc0) == 0x80 ? 0 : byte >= 0xf0 ? 2 : 1;
  }
  RETURN(units);
}

Boolean CFStringGetCString(CFTypeRef string, char *buffer, CFIndex size, CFStringEncoding encoding) {
  LOCKED_CALL;
  object *known = check(string, STRING, "CFStringGetCString");
  if (known == NULL || encoding != UTF8 || known->length >= size) {
    RETURN((Boolean)0);
  }
  memcpy(buffer, known->bytes, known->length);
  buffer[known->length] = 0;
  RETURN((Boolean)1);
}

CFTypeRef CFNumberCreate(CFTypeRef allocator, CFNumberType type, const void *value) {
  LOCKED_CALL;
  if (allocator != NULL || type != SINT32) {
    note("CFNumberCreate: type %ld", type);
    RETURN((CFTypeRef)NULL);
  }
  object *made = make(NUMBER);
  made->number = *(const int32_t *)value;
  RETURN((CFTypeRef)made);
}

Boolean CFNumberGetValue(CFTypeRef number, CFNumberType type, void *value) {
  LOCKED_CALL;
  object *known = check(number, NUMBER, "CFNumberGetValue");
  if (known == NULL || type != SINT32) {
    note("CFNumberGetValue: type %ld", type);
    RETURN((Boolean)0);
  }
  *(int32_t *)value = known->number;
  RETURN((Boolean)1);
}

CFTypeID CFNumberGetTypeID(void) { return NUMBER; }

/* What cannot be overwritten must be no secret: references only. */
CFTypeRef CFDataCreate(CFTypeRef allocator, const UInt8 *bytes, CFIndex length) {
  LOCKED_CALL;
  if (allocator != NULL || length < 0) {
    note("CFDataCreate: length %ld", length);
    RETURN((CFTypeRef)NULL);
  }
  object *made = make_bytes(DATA, bytes, length);
  made->is_public = 1;
  RETURN((CFTypeRef)made);
}

CFTypeRef CFArrayCreate(
    CFTypeRef allocator, const void **values, CFIndex count, const CFDictionaryValueCallBacks *callbacks) {
  LOCKED_CALL;
  if (allocator != NULL || count < 1 || callbacks != &kCFTypeArrayCallBacks) {
    note("CFArrayCreate: count %ld", count);
    RETURN((CFTypeRef)NULL);
  }
  object *made = make(ARRAY);
  made->all = calloc(count, sizeof(object *));
  for (CFIndex i = 0; i < count; i++) {
    object *value = check(values[i], 0, "CFArrayCreate");
    if (value != NULL) {
      made->all[made->length++] = retain(value);
    }
  }
  RETURN((CFTypeRef)made);
}

CFTypeRef CFDataCreateMutable(CFTypeRef allocator, CFIndex capacity) {
  LOCKED_CALL;
  if (allocator != NULL || capacity < 0) {
    note("CFDataCreateMutable: capacity %ld", capacity);
  }
  object *made = make_bytes(DATA, NULL, 0);
  made->is_mutable = 1;
  RETURN((CFTypeRef)made);
}

void CFDataSetLength(CFTypeRef data, CFIndex length) {
  LOCKED_CALL;
  object *known = check(data, DATA, "CFDataSetLength");
  if (known != NULL && known->is_mutable && length >= known->length) {
    known->bytes = realloc(known->bytes, length + 1);
    memset(known->bytes + known->length, 0, length + 1 - known->length);
    known->length = length;
  } else {
    note("CFDataSetLength: %ld", length);
  }
  pthread_mutex_unlock(&lock);
}

CFIndex CFDataGetLength(CFTypeRef data) {
  LOCKED_CALL;
  object *known = check(data, DATA, "CFDataGetLength");
  RETURN(known == NULL ? 0L : known->length);
}

const UInt8 *CFDataGetBytePtr(CFTypeRef data) {
  LOCKED_CALL;
  object *known = check(data, DATA, "CFDataGetBytePtr");
  RETURN((const UInt8 *)(known == NULL ? NULL : known->bytes));
}

UInt8 *CFDataGetMutableBytePtr(CFTypeRef data) {
  LOCKED_CALL;
  object *known = check(data, DATA, "CFDataGetMutableBytePtr");
  if (known != NULL && !known->is_mutable) {
    note("CFDataGetMutableBytePtr: data that cannot be changed");
    known = NULL;
  }
  RETURN(known == NULL ? NULL : known->bytes);
}

CFTypeRef CFDictionaryCreateMutable(
    CFTypeRef allocator,
    CFIndex capacity,
    const CFDictionaryKeyCallBacks *keys,
    const CFDictionaryValueCallBacks *values) {
  LOCKED_CALL;
  if (allocator != NULL || capacity != 0 || keys != &kCFTypeDictionaryKeyCallBacks
      || values != &kCFTypeDictionaryValueCallBacks) {
    note("CFDictionaryCreateMutable: other callbacks, or a capacity of %ld", capacity);
    RETURN((CFTypeRef)NULL);
  }
  object *made = make(DICTIONARY);
  made->is_mutable = 1;
  RETURN((CFTypeRef)made);
}

void CFDictionarySetValue(CFTypeRef dictionary, CFTypeRef key, CFTypeRef value) {
  LOCKED_CALL;
  object *known = check(dictionary, DICTIONARY, "CFDictionarySetValue");
  object *key_object = check(key, 0, "CFDictionarySetValue (key)");
  object *value_object = check(value, 0, "CFDictionarySetValue (value)");
  if (known != NULL && !known->is_mutable) {
    note("CFDictionarySetValue: a dictionary that cannot be changed");
  } else if (known != NULL && key_object != NULL && value_object != NULL) {
    set(known, key_object, value_object);
  }
  pthread_mutex_unlock(&lock);
}

CFTypeRef CFDictionaryGetValue(CFTypeRef dictionary, CFTypeRef key) {
  LOCKED_CALL;
  object *known = check(dictionary, DICTIONARY, "CFDictionaryGetValue");
  object *key_object = check(key, 0, "CFDictionaryGetValue (key)");
  RETURN((CFTypeRef)(known == NULL || key_object == NULL ? NULL : get(known, key_object)));
}

CFIndex CFArrayGetCount(CFTypeRef array) {
  LOCKED_CALL;
  object *known = check(array, ARRAY, "CFArrayGetCount");
  RETURN(known == NULL ? 0L : known->length);
}

CFTypeRef CFArrayGetValueAtIndex(CFTypeRef array, CFIndex index) {
  LOCKED_CALL;
  object *known = check(array, ARRAY, "CFArrayGetValueAtIndex");
  if (known != NULL && (index < 0 || index >= known->length)) {
    note("CFArrayGetValueAtIndex: %ld of %ld", index, known->length);
    known = NULL;
  }
  RETURN((CFTypeRef)(known == NULL ? NULL : known->all[index]));
}

/* ---------- Security ---------- */

/* The attributes of a password; the first eight are its primary key, in which its class belongs too. */
static const struct {
  CFTypeRef *name;
  CFTypeID type;
} attributes[] = {
    {&kSecAttrAccount, STRING},
    {&kSecAttrSecurityDomain, STRING},
    {&kSecAttrServer, STRING},
    {&kSecAttrProtocol, STRING},
    {&kSecAttrAuthenticationType, STRING},
    {&kSecAttrPort, NUMBER},
    {&kSecAttrPath, STRING},
    {&kSecAttrService, STRING},
    {&kSecAttrLabel, STRING},
    {&kSecAttrDescription, STRING},
    {&kSecAttrComment, STRING},
    {&kSecAttrCreator, NUMBER},
    {&kSecAttrType, NUMBER},
};
enum { PRIMARY = 8, ATTRIBUTES = sizeof attributes / sizeof *attributes };

typedef struct value {
  Boolean given;
  CFIndex length;
  char *bytes;
  int32_t number;
} value;

typedef struct item {
  const object *class;
  int32_t reference;
  value values[ATTRIBUTES];
  CFIndex length;
  UInt8 *data;
  struct item *next;
} item;

static item *items;
static int32_t references;
static Boolean interaction_allowed = 1;
static Boolean is_locked;
static OSStatus answer; /* what a person does when asked: 0 opens the keychain */
static long prompts;
static char failing[64];
static OSStatus failure;
static int skipped;
static int delay_milliseconds;

/* Whether the named function was told to fail now. */
static OSStatus injected(const char *function) {
  if (delay_milliseconds > 0) {
    usleep(delay_milliseconds * 1000);
  }
  if (strcmp(failing, function) != 0 || skipped-- > 0) {
    return SUCCESS;
  }
  return failure;
}

/* Reads of data and writes need an open keychain; attributes do not. */
static OSStatus unlocked(void) {
  if (!is_locked) {
    return SUCCESS;
  }
  if (!interaction_allowed) {
    return INTERACTION_NOT_ALLOWED;
  }
  prompts++;
  if (answer == SUCCESS) {
    is_locked = 0;
  }
  return answer;
}

static Boolean is_any(const object *key, const CFTypeRef *names[], int count) {
  for (int i = 0; i < count; i++) {
    if (key == *names[i]) {
      return 1;
    }
  }
  return 0;
}

/* Every key known, every value of the right type, and the class that this stand-in keeps. */
static OSStatus validate(const object *dictionary, Boolean is_query, const char *where) {
  static const CFTypeRef *flags[] = {&kSecReturnData, &kSecReturnAttributes, &kSecReturnPersistentRef};
  for (CFIndex i = 0; i < dictionary->length; i++) {
    const object *key = dictionary->all[2 * i], *given = dictionary->all[2 * i + 1];
    CFTypeID wanted = 0;
    for (int a = 0; a < ATTRIBUTES; a++) {
      if (key == *attributes[a].name) {
        wanted = attributes[a].type;
      }
    }
    if (is_any(key, flags, 3)) {
      wanted = BOOLEAN;
    } else if (key == kSecValuePersistentRef && is_query) {
      wanted = DATA;
    } else if (key == kSecMatchItemList && is_query) {
      wanted = ARRAY;
    } else if (key == kSecMatchLimit || key == kSecClass) {
      wanted = STRING;
    } else if (key == kSecValueData && !is_query) {
      wanted = DATA;
    }
    if (wanted == 0) {
      note("%s: %s does not belong there", where, key->bytes);
      return PARAM;
    }
    if (given->type != wanted) {
      note("%s: %s has type %lu", where, key->bytes, given->type);
      return PARAM;
    }
    if (is_query && wanted == STRING && given->length == 0) {
      note("%s: an empty %s, which would match anything", where, key->bytes);
      return PARAM;
    }
  }
  return SUCCESS;
}

static OSStatus validate_class(const object *dictionary, const char *where) {
  const object *class = get(dictionary, kSecClass);
  if (class != kSecClassInternetPassword && class != kSecClassGenericPassword) {
    note("%s: no class, or another", where);
    return PARAM;
  }
  return SUCCESS;
}

static void take(value *taken, const object *given) {
  free(taken->bytes);
  taken->given = 1;
  taken->number = given->number;
  taken->length = given->length;
  taken->bytes = NULL;
  if (given->type == STRING) {
    taken->bytes = malloc(given->length + 1);
    memcpy(taken->bytes, given->bytes, given->length);
  }
}

/* The file keychain cannot tell absent from empty or zero. */
static Boolean same(const value *one, const value *other) {
  return one->number == other->number && one->length == other->length
         && (one->length == 0 || memcmp(one->bytes, other->bytes, one->length) == 0);
}

static Boolean is_referred(const item *candidate, const object *reference) {
  return reference->type == DATA && reference->length == sizeof candidate->reference
         && memcmp(reference->bytes, &candidate->reference, sizeof candidate->reference) == 0;
}

static Boolean matches(const item *candidate, const object *query) {
  const object *reference = get(query, kSecValuePersistentRef), *list = get(query, kSecMatchItemList);
  if (candidate->class != get(query, kSecClass) || (reference != NULL && !is_referred(candidate, reference))) {
    return 0;
  }
  Boolean listed = list == NULL;
  for (CFIndex i = 0; list != NULL && i < list->length; i++) {
    listed |= is_referred(candidate, list->all[i]);
  }
  if (!listed) {
    return 0;
  }
  for (int a = 0; a < ATTRIBUTES; a++) {
    const object *wanted = get(query, *attributes[a].name);
    if (wanted != NULL) {
      value compared = {1, wanted->length, (char *)wanted->bytes, wanted->number};
      if (!same(&candidate->values[a], &compared)) {
        return 0;
      }
    }
  }
  return 1;
}

static Boolean is_duplicate(const item *added) {
  for (const item *other = items; other != NULL; other = other->next) {
    int a = 0;
    while (a < PRIMARY && same(&added->values[a], &other->values[a])) {
      a++;
    }
    if (other != added && a == PRIMARY && other->class == added->class) {
      return 1;
    }
  }
  return 0;
}

static void take_data(item *changed, const object *data) {
  free(changed->data);
  changed->length = data->length;
  changed->data = malloc(data->length + 1);
  memcpy(changed->data, data->bytes, data->length);
}

static void free_item(item *freed) {
  for (int a = 0; a < ATTRIBUTES; a++) {
    free(freed->values[a].bytes);
  }
  free(freed->data);
  free(freed);
}

OSStatus SecItemAdd(CFTypeRef dictionary, CFTypeRef *result) {
  LOCKED_CALL;
  object *known = check(dictionary, DICTIONARY, "SecItemAdd");
  OSStatus status = known == NULL ? PARAM : injected("SecItemAdd");
  if (status == SUCCESS) {
    status = validate(known, 0, "SecItemAdd");
  }
  if (status == SUCCESS) {
    status = validate_class(known, "SecItemAdd");
  }
  if (status == SUCCESS) {
    status = unlocked();
  }
  if (result != NULL) {
    note("SecItemAdd: a result is asked for");
  }
  if (status != SUCCESS) {
    RETURN(status);
  }
  item *added = calloc(1, sizeof *added);
  added->class = get(known, kSecClass);
  added->reference = ++references;
  for (int a = 0; a < ATTRIBUTES; a++) {
    const object *given = get(known, *attributes[a].name);
    if (given != NULL) {
      take(&added->values[a], given);
    }
  }
  if (is_duplicate(added)) {
    free_item(added);
    RETURN((OSStatus)DUPLICATE);
  }
  const object *data = get(known, kSecValueData);
  if (data != NULL) {
    take_data(added, data);
  }
  added->next = items;
  items = added;
  RETURN((OSStatus)SUCCESS);
}

OSStatus SecItemUpdate(CFTypeRef query, CFTypeRef changes) {
  LOCKED_CALL;
  object *known = check(query, DICTIONARY, "SecItemUpdate");
  object *changed = check(changes, DICTIONARY, "SecItemUpdate (changes)");
  OSStatus status = known == NULL || changed == NULL ? PARAM : injected("SecItemUpdate");
  if (status == SUCCESS) {
    status = validate(known, 1, "SecItemUpdate");
  }
  if (status == SUCCESS) {
    status = validate(changed, 0, "SecItemUpdate (changes)");
  }
  if (status == SUCCESS) {
    status = validate_class(known, "SecItemUpdate");
  }
  if (status == SUCCESS && get(changed, kSecClass) != NULL) {
    note("SecItemUpdate: the class cannot be changed");
    status = PARAM;
  }
  if (status != SUCCESS) {
    RETURN(status);
  }
  for (item *found = items; found != NULL; found = found->next) {
    if (matches(found, known)) {
      status = unlocked();
      if (status != SUCCESS) {
        RETURN(status);
      }
      for (int a = 0; a < ATTRIBUTES; a++) {
        const object *given = get(changed, *attributes[a].name);
        if (given != NULL) {
          take(&found->values[a], given);
        }
      }
      const object *data = get(changed, kSecValueData);
      if (data != NULL) {
        take_data(found, data);
      }
      RETURN((OSStatus)(is_duplicate(found) ? DUPLICATE : SUCCESS));
    }
  }
  RETURN((OSStatus)NOT_FOUND);
}

static object *attributes_of(const item *found, Boolean with_reference) {
  object *made = make(DICTIONARY);
  set(made, (object *)kSecClass, (object *)found->class);
  if (with_reference) {
    object *reference = make_bytes(DATA, &found->reference, sizeof found->reference);
    reference->is_public = 1;
    set(made, (object *)kSecValuePersistentRef, reference);
    release(reference);
  }
  for (int a = 0; a < ATTRIBUTES; a++) {
    const value *given = &found->values[a];
    if (!given->given) {
      continue;
    }
    object *returned;
    if (attributes[a].type == STRING) {
      returned = make_bytes(STRING, given->bytes, given->length);
    } else {
      returned = make(NUMBER);
      returned->number = given->number;
    }
    set(made, (object *)*attributes[a].name, returned);
    release(returned);
  }
  return made;
}

OSStatus SecItemCopyMatching(CFTypeRef query, CFTypeRef *result) {
  LOCKED_CALL;
  object *known = check(query, DICTIONARY, "SecItemCopyMatching");
  if (known == NULL || result == NULL) {
    note("SecItemCopyMatching: no query, or no place for a result");
    RETURN((OSStatus)PARAM);
  }
  *result = NULL;
  OSStatus status = validate(known, 1, "SecItemCopyMatching");
  if (status == SUCCESS) {
    status = validate_class(known, "SecItemCopyMatching");
  }
  if (status != SUCCESS) {
    RETURN(status);
  }
  Boolean all = get(known, kSecMatchLimit) == kSecMatchLimitAll;
  Boolean data = get(known, kSecReturnData) == kCFBooleanTrue;
  if (data == (get(known, kSecReturnAttributes) == kCFBooleanTrue)) {
    note("SecItemCopyMatching: only data or attributes are stood in for, and one at a time");
    RETURN((OSStatus)PARAM);
  }
  /* Named apart, so that a test can let either of the two calls fail. */
  status = injected(data ? "SecItemCopyMatching data" : "SecItemCopyMatching attributes");
  if (status != SUCCESS) {
    RETURN(status);
  }
  if (all && data) {
    /* Each password could need a question of its own. */
    RETURN((OSStatus)PARAM);
  }
  object *array = all ? make(ARRAY) : NULL;
  for (const item *found = items; found != NULL; found = found->next) {
    if (!matches(found, known)) {
      continue;
    }
    if (data) {
      status = unlocked();
      if (status == SUCCESS) {
        *result = make_bytes(DATA, found->data, found->length);
      }
      RETURN(status);
    }
    object *returned = attributes_of(found, get(known, kSecReturnPersistentRef) == kCFBooleanTrue);
    if (!all) {
      *result = returned;
      RETURN((OSStatus)SUCCESS);
    }
    array->all = realloc(array->all, (array->length + 1) * sizeof(object *));
    array->all[array->length++] = returned;
  }
  if (array == NULL || array->length == 0) {
    if (array != NULL) {
      release(array);
    }
    RETURN((OSStatus)NOT_FOUND);
  }
  *result = array;
  RETURN((OSStatus)SUCCESS);
}

OSStatus SecItemDelete(CFTypeRef query) {
  LOCKED_CALL;
  object *known = check(query, DICTIONARY, "SecItemDelete");
  OSStatus status = known == NULL ? PARAM : injected("SecItemDelete");
  if (status == SUCCESS) {
    status = validate(known, 1, "SecItemDelete");
  }
  if (status == SUCCESS) {
    status = validate_class(known, "SecItemDelete");
  }
  if (status == SUCCESS && get(known, kSecValuePersistentRef) != NULL) {
    note("SecItemDelete: macOS wants a reference in kSecMatchItemList");
    status = PARAM;
  }
  if (status != SUCCESS) {
    RETURN(status);
  }
  status = NOT_FOUND;
  for (item **place = &items; *place != NULL;) {
    item *found = *place;
    if (!matches(found, known)) {
      place = &found->next;
      continue;
    }
    status = unlocked();
    if (status != SUCCESS) {
      RETURN(status);
    }
    *place = found->next;
    free_item(found);
  }
  RETURN(status);
}

CFTypeRef SecCopyErrorMessageString(OSStatus status, void *reserved) {
  LOCKED_CALL;
  if (reserved != NULL) {
    note("SecCopyErrorMessageString: reserved is not NULL");
  }
  const char *text = status == INTERACTION_NOT_ALLOWED ? "User interaction is not allowed."
                     : status == USER_CANCELED         ? "User canceled the operation."
                                                       : NULL;
  RETURN((CFTypeRef)(text == NULL ? NULL : make_bytes(STRING, text, (CFIndex)strlen(text))));
}

OSStatus SecKeychainSetUserInteractionAllowed(Boolean state) {
  LOCKED_CALL;
  if (state > 1) {
    note("SecKeychainSetUserInteractionAllowed: %d", state);
  }
  interaction_allowed = state;
  RETURN((OSStatus)SUCCESS);
}

OSStatus SecKeychainUnlock(void *keychain, uint32_t length, const void *password, Boolean use) {
  LOCKED_CALL;
  if (keychain != 0 || length != 0 || password != 0 || use != 0) {
    note("SecKeychainUnlock: not the default keychain, or with a password");
  }
  RETURN(unlocked());
}

/* ---------- for the tests ---------- */

/* An empty, open keychain, and nothing noted. */
void standin_reset(void) {
  LOCKED_CALL;
  while (items != NULL) {
    item *freed = items;
    items = freed->next;
    free_item(freed);
  }
  while (objects != NULL) {
    object *freed = objects;
    objects = freed->next;
    free(freed->all);
    free(freed->bytes);
    free(freed);
  }
  live = unwiped = prompts = 0;
  fault[0] = failing[0] = 0;
  interaction_allowed = 1;
  is_locked = 0;
  answer = SUCCESS;
  delay_milliseconds = 0;
  pthread_mutex_unlock(&lock);
}

/* What was done wrong first; empty when nothing was. */
const char *standin_fault(void) { return fault; }

/* Objects that nobody released. */
long standin_live(void) { return live; }

/* Data objects that still held something when they were freed. */
long standin_unwiped(void) { return unwiped; }

/* How often a dialog would have come up. */
long standin_prompts(void) { return prompts; }

/* How many items there are, whoever made them. */
long standin_items(void) {
  long count = 0;
  for (const item *counted = items; counted != NULL; counted = counted->next) {
    count++;
  }
  return count;
}

/* Locks the keychain; a person who is asked gives this answer. */
void standin_lock(OSStatus person) {
  is_locked = 1;
  answer = person;
}

/* Lets a function fail, after so many calls of it that work. */
void standin_fail(const char *function, OSStatus status, int after) {
  snprintf(failing, sizeof failing, "%s", function);
  failure = status;
  skipped = after;
}

/* Lets each call to Security take that long. */
void standin_delay(int milliseconds) { delay_milliseconds = milliseconds; }
