"""The characters of the bundled fonts, one U+XXXX a line, for pyftsubset --unicodes-file."""
NAMES = ("㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴"
         "䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮")  # of the list of common characters of 2013, outside U+4E00 to U+9FFF


def writes(codec, c):
    try:
        c.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


wanted = [*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x3100, 0x3130), *range(0x4E00, 0xA000),
          *range(0x20000, 0x32000), *map(ord, NAMES + "‑‒‚„†‡‧€−←→↑↓⌨☀✓✕▲■●")]
for c in map(chr, range(0x100, 0x10000)):
    if not 0xD800 <= ord(c) <= 0xDFFF and (writes("gbk", c) or writes("big5hkscs", c)):
        wanted.append(ord(c))
print("\n".join(f"U+{c:04X}" for c in sorted(set(wanted))))
