using System.Text;
using Appliance.Hosting.Logging;
using Appliance.Hosting.Settings;
using Microsoft.Extensions.Logging;

namespace Appliance.Tests.Hosting;

/// <summary>The server log.</summary>
public sealed class LineLoggerProviderTests
{
    [Fact]
    public void ALogOnAFullDisk_FailsNothing_AndGoesOnOnceThereIsRoom()
    {
        using var disk = new FullDisk();
        using var provider = new LineLoggerProvider(disk, LogFormat.Human, TimeProvider.System);
        ILogger logger = provider.CreateLogger("Test");

        logger.Log(LogLevel.Error, "lost");
        disk.IsFull = false;
        logger.Log(LogLevel.Error, "kept");

        Assert.EndsWith("kept", Assert.Single(disk.Lines));
    }

    private sealed class FullDisk : TextWriter
    {
        public bool IsFull { get; set; } = true;

        public List<string> Lines { get; } = [];

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            if (IsFull)
            {
                throw new IOException("No space left on device");
            }

            Lines.Add(value!);
        }
    }
}
