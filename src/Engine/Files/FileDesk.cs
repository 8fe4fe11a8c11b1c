using System.Collections.Concurrent;
using System.Text.Json;
using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Commands;
using Appliance.Engine.Sandboxes;

namespace Appliance.Engine.Files;

/// <summary>Files of containers that clients hold open, for clients that work with handles (contracts/sandbox.md §3).</summary>
public sealed class FileDesk(FileTools tools, SandboxSupervisor sandboxes, ContainerRuntime runtime)
{
    private readonly ConcurrentDictionary<string, OpenFile> files = new(StringComparer.Ordinal);

    /// <summary>For what needs no open file.</summary>
    public FileTools Tools => tools;

    /// <summary>Opens a file; what it holds is copied here.</summary>
    /// <returns>The handle.</returns>
    /// <exception cref="FileToolException">As for any program: it is not there, is a directory, …</exception>
    /// <exception cref="ApplianceException">NotFound: the task has ended. InvalidArgument: the mode, a path that is not absolute.</exception>
    public async Task<string> OpenAsync(TaskId task, string path, string mode, CancellationToken cancellation)
    {
        OpenMode wanted = OpenMode.Parse(mode);
        if (!path.StartsWith('/'))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"A path in a container must be absolute; '{path}' is not.");
        }

        Sweep();
        string handle = $"fd-{Guid.NewGuid():N}";
        var file = new OpenFile(task, path, wanted, CopyOf(task, handle));
        await FillAsync(file, wanted, cancellation);
        files[handle] = file;
        return handle;
    }

    /// <summary>The names in a directory.</summary>
    /// <exception cref="FileToolException">It is not there, or no directory.</exception>
    /// <exception cref="ApplianceException">NotFound: the task has ended.</exception>
    public async Task<IReadOnlyList<string>> ListAsync(TaskId task, string path, CancellationToken cancellation)
    {
        string answer = CopyOf(task, $"ls-{Guid.NewGuid():N}");
        try
        {
            await tools.RunAsync(task, FileTools.Command("ListFiles", path), input: null, answer, cancellation);
            await using FileStream file = File.OpenRead(answer);
            using JsonDocument entries = await JsonDocument.ParseAsync(file, default, cancellation);
            return [.. entries.RootElement.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)];
        }
        finally
        {
            File.Delete(answer);
        }
    }

    /// <summary>Does something with an open file, when nobody else does.</summary>
    /// <exception cref="FileToolException">BadHandle: it is not open in that task.</exception>
    internal async Task<FileSlice?> UseAsync(TaskId task, string handle, Func<OpenFile, Task<FileSlice?>> use, CancellationToken cancellation)
    {
        if (!files.TryGetValue(handle, out OpenFile? file) || file.Task != task)
        {
            throw new FileToolException(
                FileToolException.BadHandle, "The file is not open any more: it was closed, or the server was restarted since. Open it again.");
        }

        await file.Turn.WaitAsync(cancellation);
        try
        {
            return await use(file);
        }
        finally
        {
            file.Turn.Release();
        }
    }

    /// <summary>Writes back what was changed.</summary>
    internal async Task<FileSlice?> FlushAsync(OpenFile file, CancellationToken cancellation)
    {
        if (file.IsChanged)
        {
            await tools.RunAsync(file.Task, FileTools.Command("WriteFile", file.Path), file.Copy, output: null, cancellation);
            file.SetWritten();
        }

        return null;
    }

    /// <summary>Writes back what was changed, and forgets the file.</summary>
    internal async Task<FileSlice?> CloseAsync(OpenFile file, string handle, CancellationToken cancellation)
    {
        await FlushAsync(file, cancellation);
        files.TryRemove(handle, out _);
        File.Delete(file.Copy);
        return null;
    }

    private async Task FillAsync(OpenFile file, OpenMode mode, CancellationToken cancellation)
    {
        if (mode.Way is 'r')
        {
            await tools.RunAsync(file.Task, FileTools.Command("ReadFile", file.Path), input: null, file.Copy, cancellation);
            return;
        }

        if (mode.Way is 'a' && await ExistsAsync(file.Task, file.Path, cancellation))
        {
            await tools.RunAsync(file.Task, FileTools.Command("ReadFile", file.Path), input: null, file.Copy, cancellation);
            file.Seek(0, SeekOrigin.End);
            return;
        }

        if (mode.Way is 'x' && await ExistsAsync(file.Task, file.Path, cancellation))
        {
            throw new FileToolException(FileToolException.Exists, $"'{file.Path}' exists already.");
        }

        // The tools would make directories that are missing; whoever opens a file does not expect that.
        await tools.RunAsync(file.Task, FileTools.Command("Stat", Path.GetDirectoryName(file.Path) ?? "/"), null, null, cancellation);
        await File.WriteAllBytesAsync(file.Copy, [], cancellation);
        await tools.RunAsync(file.Task, FileTools.Command("WriteFile", file.Path), file.Copy, output: null, cancellation);
    }

    private async Task<bool> ExistsAsync(TaskId task, string path, CancellationToken cancellation)
    {
        try
        {
            await tools.RunAsync(task, FileTools.Command("Stat", path), null, null, cancellation);
            return true;
        }
        catch (FileToolException missing) when (missing.Kind == FileToolException.NotFound)
        {
            return false;
        }
    }

    private string CopyOf(TaskId task, string name)
    {
        string folder = Path.Combine(runtime.DirectoryOf(task.Text).Scratch, "open-files");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, name);
    }

    /// <summary>Files of tasks that have ended; their copies went with the containers.</summary>
    private void Sweep()
    {
        foreach ((string handle, OpenFile file) in files)
        {
            if (sandboxes.Find(file.Task) is null)
            {
                files.TryRemove(handle, out _);
            }
        }
    }
}
