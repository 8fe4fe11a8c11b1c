using System.Text;
using Appliance.Images.Building.Logs;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Images;

/// <summary>A build's log as texts: characters that begin in one piece and end in the next are kept together.</summary>
internal sealed class BuildLogText
{
    private readonly Decoder output = Encoding.UTF8.GetDecoder();
    private readonly Decoder errors = Encoding.UTF8.GetDecoder();

    public ImageJoinStreamingResponse Describe(IReadOnlyList<BuildLogEntry> entries)
    {
        var response = new ImageJoinStreamingResponse { EntryId = entries[^1].Cursor };
        response.TaskLogs.AddRange(entries.Select(Describe).Where(log => log.Data.Length > 0));
        return response;
    }

    private TaskLogs Describe(BuildLogEntry entry)
    {
        Decoder decoder = entry.IsError ? errors : output;
        char[] letters = new char[decoder.GetCharCount(entry.Data, flush: false)];
        int length = decoder.GetChars(entry.Data, letters, flush: false);
        return new TaskLogs
        {
            Data = new string(letters, 0, length),
            FileDescriptor = entry.IsError ? FileDescriptor.Stderr : FileDescriptor.Stdout,
            Timestamp = (entry.Time - DateTimeOffset.UnixEpoch).TotalSeconds,
            TimestampNs = (ulong)(entry.Time - DateTimeOffset.UnixEpoch).Ticks * 100,
        };
    }
}
