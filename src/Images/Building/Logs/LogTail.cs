using System.Text;

namespace Appliance.Images.Building.Logs;

/// <summary>The last lines of what passed by, for messages about failures.</summary>
internal sealed class LogTail
{
    private const int BytesMax = 4096;
    private const int LinesMax = 20;

    private readonly Lock gate = new();
    private readonly List<byte> kept = [];

    public void Add(ReadOnlySpan<byte> data)
    {
        lock (gate)
        {
            kept.AddRange(data);
            if (kept.Count > 2 * BytesMax)
            {
                kept.RemoveRange(0, kept.Count - BytesMax);
            }
        }
    }

    public string Text()
    {
        lock (gate)
        {
            string[] lines = Encoding.UTF8.GetString([.. kept.TakeLast(BytesMax)]).TrimEnd('\n').Split('\n');
            return string.Join('\n', lines.TakeLast(LinesMax));
        }
    }
}
