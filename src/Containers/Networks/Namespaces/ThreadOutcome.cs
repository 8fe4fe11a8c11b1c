using System.Runtime.ExceptionServices;

namespace Appliance.Containers.Networks.Namespaces;

/// <summary>What came of work that ran on a thread of its own.</summary>
internal sealed class ThreadOutcome<T>(Func<T> work)
{
    private T? result;
    private ExceptionDispatchInfo? failure;

    public void Run()
    {
        try
        {
            result = work();
        }
        catch (Exception caught)
        {
            failure = ExceptionDispatchInfo.Capture(caught);
        }
    }

    public T Take()
    {
        failure?.Throw();
        return result!;
    }
}
