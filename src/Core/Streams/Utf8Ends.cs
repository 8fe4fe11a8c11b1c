namespace Appliance.Core.Streams;

/// <summary>Where a letter may have been cut at the end of a piece of UTF-8.</summary>
public static class Utf8Ends
{
    /// <summary>How many bytes at the end begin a letter that is not whole; 0 to 3.</summary>
    public static int UnfinishedAt(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            byte letter = bytes[^back];
            if ((letter & 0xC0) == 0x80)
            {
                continue;
            }

            int length = letter >= 0xF0 ? 4 : letter >= 0xE0 ? 3 : letter >= 0xC0 ? 2 : 1;
            return length > back ? back : 0;
        }

        return 0;
    }
}
