using Appliance.Core.Ids;
using Appliance.Engine.Logs;
using Appliance.Metadata;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Calls;

namespace Appliance.Engine.Apps;

/// <summary>Removes what nobody asks for any more: results after some days, and apps that stopped long ago with their logs.</summary>
public sealed class AppUpkeep(MetadataStore store, AppLogs logs, TimeProvider clock)
{
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Clients may ask for the results of spawned calls for so long.</summary>
    public static readonly TimeSpan ResultLife = TimeSpan.FromDays(7);

    /// <summary>A stopped app is listed, and its logs are read, for so long.</summary>
    public static readonly TimeSpan StoppedLife = TimeSpan.FromDays(30);

    private const int PerWrite = 50;

    /// <summary>Removes all there is to remove now, little by little.</summary>
    public async Task TidyAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        while (await store.WriteAsync(
            write =>
            {
                IReadOnlyList<CallRecord> old = CallRows.ListEnded(write, now - ResultLife, PerWrite);
                foreach (CallRecord call in old)
                {
                    CallRows.Delete(write, call.Id);
                }

                return old.Count > 0;
            },
            cancellation))
        {
        }

        while (store.Read(read => AppRows.ListStopped(read, now - StoppedLife, PerWrite)) is { Count: > 0 } stopped)
        {
            foreach (AppRecord app in stopped)
            {
                await ForgetAsync(app.Id, cancellation);
            }
        }
    }

    private async Task ForgetAsync(AppId app, CancellationToken cancellation)
    {
        logs.Remove(app);
        while (await store.WriteAsync(
            write =>
            {
                IReadOnlyList<CallRecord> calls = CallRows.ListOfApp(write, app, PerWrite);
                foreach (CallRecord call in calls)
                {
                    CallRows.Delete(write, call.Id);
                }

                if (calls.Count == 0)
                {
                    AppVersionRows.DeleteAll(write, app);
                    AppRows.Delete(write, app);
                }

                return calls.Count > 0;
            },
            cancellation))
        {
        }
    }
}
